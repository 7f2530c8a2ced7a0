using System.Numerics;
using DrOrchestrator.Time;

namespace DrOrchestrator.Probes;

/// <summary>How late looks begin: from the moment they were due to the moment they had a place.</summary>
/// <param name="Looks">Looks in the window.</param>
/// <param name="P50">Upper bound of the median; null without looks.</param>
/// <param name="P99">Upper bound of the 99th percentile.</param>
/// <param name="Worst">Upper bound of the latest.</param>
public sealed record LatenessReading(long Looks, TimeSpan? P50, TimeSpan? P99, TimeSpan? Worst);

/// <summary>Lateness of the probes, and the looks that never took place because a probe was too late for them.</summary>
public interface IProbeLateness
{
    /// <summary>Of the last one to two minutes. <paramref name="hanging"/>: targets that let us wait; otherwise all others, which those must not delay.</summary>
    LatenessReading Read(bool hanging);

    /// <summary>Places in the schedule that were passed over since the start.</summary>
    long Missed { get; }

    /// <summary>Looks made since the start.</summary>
    long Looks { get; }
}

/// <summary>See <see cref="IProbeLateness"/>. Counts in buckets an eighth of a power of two wide, so that what it reads is at most 1/8 too large, never too small.</summary>
internal sealed class ProbeLateness(ProcessClock clock) : IProbeLateness
{
    private const int SubBits = 3;
    private const int Buckets = 256;
    private readonly Window[] _windows = [new(), new(), new(), new()];
    private long _missed;
    private long _looks;

    public long Missed => Interlocked.Read(ref _missed);

    public long Looks => Interlocked.Read(ref _looks);

    public void Add(bool hanging, TimeSpan late)
    {
        Interlocked.Increment(ref _looks);
        var minute = Minute();
        _windows[Place(hanging, minute)].Add(minute, BucketOf(late));
    }

    public void AddMissed(long places)
    {
        if (places > 0)
        {
            Interlocked.Add(ref _missed, places);
        }
    }

    public LatenessReading Read(bool hanging)
    {
        var counts = new long[Buckets];
        var minute = Minute();
        _windows[Place(hanging, minute)].AddTo(counts, minute);
        _windows[Place(hanging, minute - 1)].AddTo(counts, minute - 1);
        var looks = counts.Sum();
        return new LatenessReading(looks, Quantile(counts, looks, 0.5), Quantile(counts, looks, 0.99), Quantile(counts, looks, 1));
    }

    private long Minute() => clock.Now.UtcTicks / TimeSpan.TicksPerMinute;

    private static int Place(bool hanging, long minute) => (hanging ? 2 : 0) + (int)(minute & 1);

    private static int BucketOf(TimeSpan late)
    {
        var micros = Math.Clamp(late.Ticks / TimeSpan.TicksPerMicrosecond, 0, (1L << 33) - 1);
        var shift = Math.Max(0, BitOperations.Log2((ulong)micros | 1) - SubBits);
        return (shift << SubBits) + (int)(micros >> shift);
    }

    private static TimeSpan UpperEnd(int bucket)
    {
        var next = bucket + 1;
        var shift = next < 2 << SubBits ? 0 : (next >> SubBits) - 1;
        return TimeSpan.FromMicroseconds((long)(next - (shift << SubBits)) << shift);
    }

    private static TimeSpan? Quantile(long[] counts, long looks, double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * looks));
        for (var (bucket, seen) = (0, 0L); looks > 0 && bucket < counts.Length; bucket++)
        {
            seen += counts[bucket];
            if (seen >= wanted)
            {
                return UpperEnd(bucket);
            }
        }

        return null;
    }

    private sealed class Window
    {
        private readonly object _gate = new();
        private readonly long[] _counts = new long[Buckets];
        private long _minute;

        public void Add(long minute, int bucket)
        {
            lock (_gate)
            {
                if (_minute != minute)
                {
                    Array.Clear(_counts);
                    _minute = minute;
                }

                _counts[bucket]++;
            }
        }

        public void AddTo(long[] counts, long minute)
        {
            lock (_gate)
            {
                for (var bucket = 0; _minute == minute && bucket < Buckets; bucket++)
                {
                    counts[bucket] += _counts[bucket];
                }
            }
        }
    }
}
