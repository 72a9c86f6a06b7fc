// Package par runs a function over a slice, several at once, with the results
// in order. It holds the only goroutines of the program.
package par

import (
	"context"
	"runtime"
	"sync"
)

// Map calls f for each item, at most jobs at once (all processors when jobs is
// less than one), and returns the results in the order of the items. When the
// context ends, items not yet begun are skipped and its error is returned.
// progress, if not nil, is called from one goroutine at a time with the number
// of items done.
func Map[In, Out any](ctx context.Context, jobs int, in []In, progress func(done int), f func(In) Out) ([]Out, error) {
	if jobs < 1 {
		jobs = runtime.GOMAXPROCS(0)
	}
	out := make([]Out, len(in))
	next := make(chan int)
	var workers sync.WaitGroup
	var lock sync.Mutex
	done := 0
	for range min(jobs, len(in)) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range next {
				out[i] = f(in[i])
				lock.Lock()
				if done++; progress != nil {
					progress(done)
				}
				lock.Unlock()
			}
		}()
	}
	for i := range in {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return out, ctx.Err()
}
