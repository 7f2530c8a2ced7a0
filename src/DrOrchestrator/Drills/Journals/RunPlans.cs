using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Journals;

/// <summary>
/// The plan a run was opened with, which is the one that was approved: the estate's own while it is unchanged, otherwise the text kept with the opening record. A file
/// that is changed in the middle of a run changes nothing about it.
/// </summary>
public sealed class RunPlans(PlanLibrary plans, EstateHolder estates, IStepKindCatalog kinds, IEvidenceArchive archive)
{
    private readonly ConcurrentDictionary<(string Plan, string Estate), PlanLoadResult> _read = new();

    /// <summary>The plan as a run of this mode carries it, and why it cannot be read against today's estate; then it has no steps.</summary>
    internal async Task<(Plan Plan, string? Unreadable)> FindAsync(DrillRun run, CancellationToken cancellationToken) =>
        await ReadAsync(run, cancellationToken).ConfigureAwait(false) is var (plan, unreadable) && run.Mode is RunMode.Rehearsal ? (Rehearsals.Of(plan), unreadable) : (plan, unreadable);

    private async Task<(Plan Plan, string? Unreadable)> ReadAsync(DrillRun run, CancellationToken cancellationToken)
    {
        var (plan, unreadable) = await WholeAsync(run, cancellationToken).ConfigureAwait(false);

        // What carries out a duty runs that step of the plan and nothing else.
        return unreadable is null && run.FenceDuty is { } duty && duty.PlanOf(plan) is { } fencing ? (fencing, null) : (plan, unreadable);
    }

    private async Task<(Plan Plan, string? Unreadable)> WholeAsync(DrillRun run, CancellationToken cancellationToken)
    {
        var (name, hash) = (run.Opened.OptionalText("planOf") ?? run.Opened.Text("plan"), run.Opened.Text("planHash"));
        if (plans.Find(name) is { } current && current.Hash == hash)
        {
            return (current, null);
        }

        var estate = estates.Current;
        if (!_read.TryGetValue((hash, estate.Hash), out var read))
        {
            var kept = await KeptAsync(run, cancellationToken).ConfigureAwait(false);
            if (kept.FirstOrDefault().Content is not { } text
                || PlanManifests.HashOf(text, kept.Skip(1).Select(one => (one.Name, one.Content is null ? "" : Convert.ToHexStringLower(SHA256.HashData(one.Content))))) != hash)
            {
                return (Empty(run, name, hash), $"the text of plan '{name}' (sha256 {Short(hash)}), which is not kept with the run: put that version of the file back and start the server again");
            }

            read = PlanLoader.Load(text, run.Opened.Text("planFile"), estate, kinds, kept.Skip(1).ToDictionary(one => one.Name, one => one.Content!, StringComparer.Ordinal));
            _read[(hash, estate.Hash)] = read;
        }

        return read switch
        {
            PlanLoadResult.Loaded loaded => (loaded.Plan, null),
            PlanLoadResult.Refused refused => (Empty(run, name, hash), Message(name, hash, refused)),
            _ => throw new InvalidOperationException("a closed set"),
        };
    }

    /// <summary>What is kept with the opening record of a run: the plan's text first, then its manifests by their paths. The bytes that were read and hashed, not the files: these may have been changed since.</summary>
    internal static IReadOnlyList<RawOutput> TextsOf(Plan plan) =>
    [
        new(plan.File, "application/yaml", plan.Source.ToArray()),
        .. plan.Manifests.Values.OrderBy(manifest => manifest.File, StringComparer.Ordinal).Select(manifest => new RawOutput(manifest.File, "application/yaml", manifest.Source.ToArray())),
    ];

    private async Task<IReadOnlyList<(string Name, byte[]? Content)>> KeptAsync(DrillRun run, CancellationToken cancellationToken)
    {
        var texts = new List<(string Name, byte[]? Content)>();
        foreach (var entry in (run.Opened["objects"] as JsonArray ?? []).OfType<JsonObject>())
        {
            texts.Add((entry.Text("name"), await archive.ReadObjectAsync(entry.Text("object"), cancellationToken).ConfigureAwait(false)));
        }

        return texts;
    }

    private static string Short(string hash) => hash[..Math.Min(12, hash.Length)];

    private static string Message(string name, string hash, PlanLoadResult.Refused refused) =>
        $"the estate to fit plan '{name}' (sha256 {Short(hash)}) again: {refused.Errors[0]} Put the estate back as it was when the run was opened and start the server again";

    private static Plan Empty(DrillRun run, string name, string hash) => new(
        name,
        run.Opened.Text("planFile"),
        hash,
        run.Opened.Text("planVersion"),
        new Dictionary<string, string>(),
        DrillKind.Failover,
        [],
        run.Opened.Texts("systems"),
        run.Opened.Texts("authors"),
        new PlanContents(new Dictionary<string, string>(), ""),
        [],
        [],
        [],
        [],
        []);
}
