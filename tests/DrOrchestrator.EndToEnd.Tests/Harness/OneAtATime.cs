// Every test here starts a lab of some ten processes: two at once would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
