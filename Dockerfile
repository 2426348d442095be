# An image to put where etcd's stood: the same names, ports and paths.
#   docker build -t etcd-ts .
#   docker run -p 2379:2379 -v etcd-data:/var/lib/etcd etcd-ts etcd \
#     --listen-client-urls http://0.0.0.0:2379 --advertise-client-urls http://localhost:2379
FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# What `prepare` builds is not there yet, and native addons come prebuilt.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src src
COPY bin bin
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && chmod +x dist/bin/*.js

FROM node:20-bookworm-slim
WORKDIR /opt/etcd-ts
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist/bin dist/bin
COPY --from=build /build/dist/src dist/src
COPY LICENSE ./
RUN for name in etcd etcdutl; do \
    ln -s /opt/etcd-ts/dist/bin/$name-ts.js /usr/local/bin/$name-ts; \
    ln -s $name-ts /usr/local/bin/$name; \
  done
ENV ETCD_DATA_DIR=/var/lib/etcd
VOLUME /var/lib/etcd
WORKDIR /var/etcd
EXPOSE 2379 2380
CMD ["etcd"]
