namespace DrOrchestrator.Availability;

/// <summary>What is going on in memory and stands in no row yet.</summary>
internal sealed class LiveSubjects(Timeline timeline)
{
    /// <summary>The row that is open by memory, which may not be on disk yet; null while there is none.</summary>
    public (IntervalState State, Edge Start)? OpenRow(string name)
    {
        var subject = timeline.SubjectOf(name);
        lock (subject.Gate)
        {
            return subject.State.Since is { } since ? (subject.State.State, since) : null;
        }
    }

    /// <summary>How far a subject was observed, and a contradiction that may yet become a change.</summary>
    public (ObservedUntil? Observed, Blip? Suspected) Read(string name, DateTimeOffset to)
    {
        var subject = timeline.SubjectOf(name);
        lock (subject.Gate)
        {
            var state = subject.State;
            return (subject.Observed, state.Run is { } run && state.State != IntervalState.Unknown && run.Earliest < to ? new Blip(name, state.State, run.Earliest, to) : null);
        }
    }
}
