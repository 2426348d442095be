/** What we say we are: the etcd line whose behaviour this version has. Digits and dots only. */
export const SERVER_VERSION = '3.6.14';

/** The cluster version that a cluster of members like us decides on. */
export const CLUSTER_VERSION = '3.6.0';
