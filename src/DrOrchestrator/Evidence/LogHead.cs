namespace DrOrchestrator.Evidence;

/// <summary>What the next append builds on. Immutable: a transaction advances its own copy, which replaces the current one only after the commit.</summary>
/// <param name="Origin">The log's name, e.g. <c>dro/1a2b3c4d/evidence</c>.</param>
/// <param name="Key">The key of record 0.</param>
/// <param name="NewestTime">Time of the newest record; the next one is not before it.</param>
/// <param name="OpenedRuns">Highest run number that has a <c>run.opened</c>.</param>
internal sealed record LogHead(string Origin, EvidenceKey Key, CompactRange Tree, DateTimeOffset NewestTime, long OpenedRuns)
{
    /// <summary>The head after one record more.</summary>
    public LogHead Advance(EvidenceDraft draft, EvidenceLeaf leaf, DateTimeOffset time) => this with
    {
        Tree = Tree.Append(leaf.Hash),
        NewestTime = time,
        OpenedRuns = draft.Kind == EvidenceKinds.RunOpened ? draft.Run!.Value : OpenedRuns,
    };

    /// <summary>Refuses a record that would break the gapless row of runs, which no later record could mend.</summary>
    public void CheckRun(EvidenceDraft draft)
    {
        if (draft.Kind == EvidenceKinds.RunOpened && draft.Run != OpenedRuns + 1)
        {
            throw new ArgumentException($"Run {draft.Run} cannot be opened: run numbers are gapless and the next one is {OpenedRuns + 1}.");
        }

        if (draft.Kind != EvidenceKinds.RunOpened && draft.Run > OpenedRuns)
        {
            throw new ArgumentException($"The record {draft.Kind} names run {draft.Run}, which has no {EvidenceKinds.RunOpened} yet; the newest run is {OpenedRuns}.");
        }
    }
}
