using DrOrchestrator.Verifier.Log;

namespace DrOrchestrator.Verifier;

/// <summary>What a verified pack still does not prove, in words that are printed beside the verdict.</summary>
internal static class Limits
{
    public static IReadOnlyList<string> Of(VerificationClaims claims, RecordIndex index, long scopeRun, long payloads)
    {
        var notes = new List<string>();
        if (claims.Authentic == Authenticity.NotAsked)
        {
            notes.Add("Whose log this is was not checked: compare the key fingerprint with one got from its operator by another way.");
        }

        notes.Add(claims.CompleteUpTo is null
            ? "Whether newer runs exist is not shown by this pack; a witness or a checkpoint kept outside would show it."
            : $"Whether runs newer than record {claims.CompleteUpTo.Records - 1} were left out is not shown by the outside checkpoint; a newer one would show it.");
        if (payloads < index.Count)
        {
            notes.Add($"{index.Count - payloads} of {index.Count} records are here by their header only: their payloads are outside the scope of this pack.");
        }

        notes.AddRange(Scope(index, scopeRun).Where(run => !index.IsClosed(run)).Select(run => $"Run {run} was still open when the pack was made: it has no closing record yet."));
        return notes;
    }

    private static IEnumerable<long> Scope(RecordIndex index, long scopeRun) =>
        scopeRun > 0 ? [scopeRun] : Enumerable.Range(1, (int)index.OpenedRuns).Select(run => (long)run);
}
