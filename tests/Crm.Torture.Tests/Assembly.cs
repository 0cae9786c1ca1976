// every test here runs servers and loads them: at the same time they would only wait for each other
[assembly: CollectionBehavior(DisableTestParallelization = true)]
