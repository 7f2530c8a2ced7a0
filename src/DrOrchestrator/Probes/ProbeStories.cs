using System.Collections.Concurrent;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>
/// Keeps the last <see cref="MostKept"/> different failures of every probe. Equal failures in a row are one story with a count, so that a long outage keeps the story of how it
/// began. A good result costs one look-up, and nothing for a probe that never failed.
/// </summary>
internal sealed class ProbeStories : IProbeStories
{
    public const int MostKept = 10;
    private readonly ConcurrentDictionary<string, Failures> _probes = new(StringComparer.Ordinal);

    IReadOnlyList<FailureStory> IProbeStories.Failures(string probe) => _probes.TryGetValue(probe, out var failures) ? failures.Read() : [];

    public void Take(ProbeResult result)
    {
        if (result.Outcome != ProbeOutcome.Up)
        {
            _probes.GetOrAdd(result.Probe, static _ => new Failures()).Add(result);
        }
        else if (!_probes.IsEmpty && _probes.TryGetValue(result.Probe, out var failures))
        {
            failures.Close();
        }
    }

    /// <summary>Forgets probes that are no longer in the estate.</summary>
    public void KeepOnly(IEnumerable<ProbeDefinition> probes)
    {
        var names = probes.Select(probe => probe.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _probes.Keys.Where(name => !names.Contains(name)))
        {
            _probes.TryRemove(gone, out _);
        }
    }

    private sealed class Failures
    {
        private readonly LinkedList<FailureStory> _newestFirst = new();
        private bool _isOpen;

        public IReadOnlyList<FailureStory> Read()
        {
            lock (_newestFirst)
            {
                return [.. _newestFirst];
            }
        }

        public void Add(ProbeResult result)
        {
            lock (_newestFirst)
            {
                if (_isOpen && _newestFirst.First is { Value: var open } && open.First.Reason == result.Reason && open.First.Outcome == result.Outcome)
                {
                    _newestFirst.First.Value = open with { Last = result with { Notes = null }, Count = open.Count + 1 };
                    return;
                }

                _isOpen = true;
                _newestFirst.AddFirst(new FailureStory(result, result, 1));
                if (_newestFirst.Count > MostKept)
                {
                    _newestFirst.RemoveLast();
                }
            }
        }

        /// <summary>The next failure is another one, whatever its reason.</summary>
        public void Close() => Volatile.Write(ref _isOpen, false);
    }
}

/// <summary>Keeps the story of every result on its way to where results go.</summary>
internal sealed class StoryKeepingSink(ProbeStories stories, IProbeResultSink next) : IProbeResultSink
{
    public ValueTask AcceptAsync(ProbeDefinition probe, ProbeResult result, CancellationToken cancellationToken)
    {
        stories.Take(result);
        return next.AcceptAsync(probe, result, cancellationToken);
    }
}
