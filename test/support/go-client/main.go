// Command go-client makes a round through etcd's own Go client against the endpoint it is given,
// and prints what it saw, one line a step.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

func main() {
	client, err := clientv3.New(clientv3.Config{
		Endpoints:            []string{os.Args[1]},
		DialTimeout:          5 * time.Second,
		DialKeepAliveTime:    10 * time.Second,
		DialKeepAliveTimeout: 3 * time.Second,
	})
	check(err)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	values(ctx, client)
	watch(ctx, client)
	lease(ctx, client)
	locks(ctx, client)
	failures(ctx, client)
}

func values(ctx context.Context, client *clientv3.Client) {
	large := strings.Repeat("v", 1<<20)
	_, err := client.Put(ctx, "go/large", large)
	check(err)
	got, err := client.Get(ctx, "go/large")
	check(err)
	fmt.Println("large", string(got.Kvs[0].Value) == large)
	txn, err := client.Txn(ctx).
		If(clientv3.Compare(clientv3.CreateRevision("go/new"), "=", 0)).
		Then(clientv3.OpPut("go/new", "1")).
		Commit()
	check(err)
	fmt.Println("txn", txn.Succeeded)
}

func watch(ctx context.Context, client *clientv3.Client) {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	events := client.Watch(watching, "go/watched/", clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	<-events
	const puts = 500
	for at := 0; at < puts; at++ {
		_, err := client.Put(ctx, fmt.Sprintf("go/watched/%d", at%10), "v")
		check(err)
	}
	seen := 0
	for seen < puts {
		answer := <-events
		check(answer.Err())
		seen += len(answer.Events)
	}
	fmt.Println("watch", seen)
}

func lease(ctx context.Context, client *clientv3.Client) {
	granted, err := client.Grant(ctx, 60)
	check(err)
	alive, err := client.KeepAlive(ctx, granted.ID)
	check(err)
	fmt.Println("lease", (<-alive).TTL)
	_, err = client.Revoke(ctx, granted.ID)
	check(err)
}

func locks(ctx context.Context, client *clientv3.Client) {
	const holders = 5
	held := 0
	done := make(chan struct{})
	for at := 0; at < holders; at++ {
		go func() {
			session, err := concurrency.NewSession(client)
			check(err)
			defer session.Close()
			mutex := concurrency.NewMutex(session, "go/lock/")
			check(mutex.Lock(ctx))
			held++
			check(mutex.Unlock(ctx))
			done <- struct{}{}
		}()
	}
	for at := 0; at < holders; at++ {
		<-done
	}
	fmt.Println("lock", held)
}

func failures(ctx context.Context, client *clientv3.Client) {
	_, err := client.Put(ctx, "", "v")
	fmt.Println("empty key", err == rpctypes.ErrEmptyKey)
	_, err = client.Get(ctx, "k", clientv3.WithRev(1<<40))
	fmt.Println("future revision", err == rpctypes.ErrFutureRev)
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	for answer := range client.Watch(short, "go/nothing") {
		check(answer.Err())
	}
	fmt.Println("deadline", short.Err() == context.DeadlineExceeded)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
