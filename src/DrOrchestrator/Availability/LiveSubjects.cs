namespace DrOrchestrator.Availability;

/// <summary>What is going on in memory and stands in no row yet.</summary>
internal sealed class LiveSubjects(Timeline timeline)
{
    /// <summary>The row that is open by memory, which may not be on disk yet (null while there is none), how far the subject was observed, and what contradicts rows, over or not.</summary>
    public LiveSubject Take(string name, DateTimeOffset to)
    {
        var subject = timeline.SubjectOf(name);
        lock (subject.Gate)
        {
            var (observed, suspected) = Read(name, to);
            var blips = timeline.BlipsInMemory(name);
            return new LiveSubject(subject.State.Since is { } since ? (subject.State.State, since) : null, observed, suspected, blips);
        }
    }

    /// <summary>How far a subject was observed, and a contradiction that may yet become a change.</summary>
    public (ObservedUntil? Observed, Blip? Suspected) Read(string name, DateTimeOffset to)
    {
        var subject = timeline.SubjectOf(name);
        lock (subject.Gate)
        {
            var state = subject.State;
            return (subject.Observed, state.Run is { } run && run.Earliest < to ? run.Blip(name, state.State, to) : null);
        }
    }
}

/// <summary>One subject in memory at one moment.</summary>
internal sealed record LiveSubject((IntervalState State, Edge Start)? Open, ObservedUntil? Observed, Blip? Suspected, IReadOnlyList<Blip> Over);
