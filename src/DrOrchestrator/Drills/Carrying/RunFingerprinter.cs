using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>Puts on record what a run runs on, before its first effect, so that a later change can be told (verdict rule 10).</summary>
public sealed class RunFingerprinter(IWorkloadFingerprints workloads, IDatabaseFacts databases, IDatabaseVersions versions)
{
    /// <summary>The parts of a plan as they are now.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var parts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (part, value) in RunFingerprint.Declared(plan, estate).Concat(RunFingerprint.Databases(plan, estate, databases, versions)).Concat(await workloads.ReadAsync(estate, RunFingerprint.WorkloadsOf(plan), cancellationToken).ConfigureAwait(false)))
        {
            parts[part] = value;
        }

        return parts;
    }

    /// <summary>A stage of a run: once, before the steps.</summary>
    internal async Task<StageResult> RecordAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.State.Fingerprint is null && !run.State.Reached(DrillPhase.Steps) && RunModes.Reads(run.State.Mode))
        {
            var parts = await ReadAsync(run.Plan, run.Estate, cancellationToken).ConfigureAwait(false);
            var data = new JsonObject { ["parts"] = new JsonObject(parts.Select(part => KeyValuePair.Create<string, JsonNode?>(part.Key, part.Value))) };
            await run.WriteAsync(new JournalDraft(JournalKinds.Fingerprint, "system", data), cancellationToken).ConfigureAwait(false);
        }

        return StageResult.Passed;
    }
}
