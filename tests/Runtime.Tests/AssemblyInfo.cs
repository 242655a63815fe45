// Launches are judged by what they leave on the host (mounts, descriptors, groups): nothing else may be at it meanwhile.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
