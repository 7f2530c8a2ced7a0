namespace DrOrchestrator.Availability;

/// <summary>Collects latencies into the buckets of a <see cref="LatencyHistogram"/>; used again and again without allocating. Not safe for concurrent use.</summary>
internal sealed class LatencyRecorder
{
    private int[] _buckets = [];
    private long[] _counts = [];
    private int _used;

    public void Add(TimeSpan latency) => Add(LatencyHistogram.BucketOf(latency), 1);

    /// <summary>Everything another histogram has.</summary>
    public void Add(LatencyHistogram other)
    {
        foreach (var (bucket, count) in other.Buckets)
        {
            Add(bucket, count);
        }
    }

    public LatencyHistogram ToHistogram()
    {
        if (_used == 0)
        {
            return LatencyHistogram.Empty;
        }

        var buckets = new (int Bucket, long Count)[_used];
        for (var i = 0; i < _used; i++)
        {
            buckets[i] = (_buckets[i], _counts[i]);
        }

        return new LatencyHistogram(buckets);
    }

    public void Clear() => _used = 0;

    private void Add(int bucket, long count)
    {
        var place = Array.BinarySearch(_buckets, 0, _used, bucket);
        if (place >= 0)
        {
            _counts[place] += count;
            return;
        }

        if (_used == _buckets.Length)
        {
            Array.Resize(ref _buckets, Math.Max(4, 2 * _used));
            Array.Resize(ref _counts, _buckets.Length);
        }

        place = ~place;
        Array.Copy(_buckets, place, _buckets, place + 1, _used - place);
        Array.Copy(_counts, place, _counts, place + 1, _used - place);
        (_buckets[place], _counts[place]) = (bucket, count);
        _used++;
    }
}
