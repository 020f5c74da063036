using MlopsPlane.Cluster.Tests.World;

[assembly: AssemblyFixture(typeof(RunningCluster))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
