// Meters of all hosts of a process meet in each host's telemetry, and a host that ends takes its instruments along:
// worlds that come and go beside each other would read each other's metrics.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
