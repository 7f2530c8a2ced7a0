using System.Globalization;
using System.Numerics;
using System.Text;

namespace DrOrchestrator.Availability;

/// <summary>
/// How often which latency was seen, in whole microseconds. Buckets are exact below 64 µs; above, each power of two is cut into 32, so that a quantile read from it is
/// within 1/64 (1.6 %) of the value that was recorded. Two histograms merge without loss, whatever process or minute they are of. A value, immutable.
/// </summary>
public sealed class LatencyHistogram : IEquatable<LatencyHistogram>
{
    private const int SubBits = 5;
    private const int Sub = 1 << SubBits;

    /// <summary>The longest that is told apart: about 19 hours; longer ones count as that.</summary>
    private const long LongestMicros = (1L << 36) - 1;

    private readonly (int Bucket, long Count)[] _buckets;

    internal LatencyHistogram((int Bucket, long Count)[] ascending)
    {
        _buckets = ascending;
        Count = ascending.Sum(bucket => bucket.Count);
    }

    /// <summary>Nothing seen.</summary>
    public static LatencyHistogram Empty { get; } = new([]);

    /// <summary>How many were recorded.</summary>
    public long Count { get; }

    internal ReadOnlySpan<(int Bucket, long Count)> Buckets => _buckets;

    /// <summary>The histogram of some latencies.</summary>
    public static LatencyHistogram Of(params IEnumerable<TimeSpan> latencies)
    {
        var recorder = new LatencyRecorder();
        foreach (var latency in latencies)
        {
            recorder.Add(latency);
        }

        return recorder.ToHistogram();
    }

    /// <summary>Both together.</summary>
    public LatencyHistogram Merge(LatencyHistogram other)
    {
        if (Count == 0 || other.Count == 0)
        {
            return Count == 0 ? other : this;
        }

        var merged = new List<(int Bucket, long Count)>(_buckets.Length + other._buckets.Length);
        var (i, j) = (0, 0);
        while (i < _buckets.Length || j < other._buckets.Length)
        {
            if (j == other._buckets.Length || (i < _buckets.Length && _buckets[i].Bucket < other._buckets[j].Bucket))
            {
                merged.Add(_buckets[i++]);
            }
            else if (i == _buckets.Length || other._buckets[j].Bucket < _buckets[i].Bucket)
            {
                merged.Add(other._buckets[j++]);
            }
            else
            {
                merged.Add((_buckets[i].Bucket, _buckets[i++].Count + other._buckets[j++].Count));
            }
        }

        return new LatencyHistogram([.. merged]);
    }

    /// <summary>The smallest latency that at least this share (0 to 1) did not exceed; null when nothing was recorded. 0.99 is p99.</summary>
    public TimeSpan? Quantile(double share)
    {
        if (Count == 0)
        {
            return null;
        }

        var wanted = Math.Max(1, (long)Math.Ceiling(Math.Clamp(share, 0, 1) * Count));
        var seen = 0L;
        foreach (var (bucket, count) in _buckets)
        {
            seen += count;
            if (seen >= wanted)
            {
                return Middle(bucket);
            }
        }

        return Middle(_buckets[^1].Bucket);
    }

    /// <summary>How many surely took at most that long: all of the buckets that end at or before it.</summary>
    public long CountUpTo(TimeSpan latency)
    {
        var limit = ToMicros(latency);
        return _buckets.TakeWhile(bucket => Lowest(bucket.Bucket + 1) - 1 <= limit).Sum(bucket => bucket.Count);
    }

    /// <summary>Compact text: <c>bucket</c> or <c>bucket*count</c>, ascending, each bucket as its distance from the one before, e.g. <c>203 1*4 7</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(_buckets.Length * 4);
        var before = 0;
        foreach (var (bucket, count) in _buckets)
        {
            if (text.Length > 0)
            {
                text.Append(' ');
            }

            text.Append(CultureInfo.InvariantCulture, $"{bucket - before}");
            if (count > 1)
            {
                text.Append(CultureInfo.InvariantCulture, $"*{count}");
            }

            before = bucket;
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It did not write this.</exception>
    public static LatencyHistogram Parse(string text)
    {
        if (text.Length == 0)
        {
            return Empty;
        }

        // A year of hours is read at once: nothing is cut into strings.
        var whole = text.AsSpan();
        var buckets = new (int Bucket, long Count)[whole.Count(' ') + 1];
        var (last, i) = (0, 0);
        foreach (var range in whole.Split(' '))
        {
            var part = whole[range];
            var star = part.IndexOf('*');
            var distance = int.Parse(star < 0 ? part : part[..star], NumberStyles.None, CultureInfo.InvariantCulture);
            var count = star < 0 ? 1 : long.Parse(part[(star + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);
            if ((i > 0 && distance == 0) || count == 0)
            {
                throw new FormatException($"'{part}' is no bucket of a latency histogram: buckets ascend and are not empty");
            }

            buckets[i++] = (last += distance, count);
        }

        return new LatencyHistogram(buckets);
    }

    /// <inheritdoc />
    public bool Equals(LatencyHistogram? other) => other is not null && _buckets.AsSpan().SequenceEqual(other._buckets);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as LatencyHistogram);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_buckets.Length, Count, _buckets.Length == 0 ? default : _buckets[0]);

    internal static int BucketOf(TimeSpan latency)
    {
        var micros = ToMicros(latency);
        var shift = Math.Max(0, BitOperations.Log2((ulong)micros | 1) - SubBits);
        return (shift << SubBits) + (int)(micros >> shift);
    }

    /// <summary>The smallest number of microseconds in a bucket.</summary>
    private static long Lowest(int bucket)
    {
        if (bucket < 2 * Sub)
        {
            return bucket;
        }

        var shift = (bucket >> SubBits) - 1;
        return (long)(bucket - (shift << SubBits)) << shift;
    }

    private static TimeSpan Middle(int bucket) => new((Lowest(bucket) + Lowest(bucket + 1) - 1) * TimeSpan.TicksPerMicrosecond / 2);

    private static long ToMicros(TimeSpan latency) => Math.Clamp(latency.Ticks / TimeSpan.TicksPerMicrosecond, 0, LongestMicros);
}
