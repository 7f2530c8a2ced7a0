using DrOrchestrator.Verifier.Json;
using DrOrchestrator.Verifier.Zip;

namespace DrOrchestrator.Verifier.Log;

/// <summary>pack.json: the format, the scope (run 0: everything) and the size.</summary>
internal sealed record PackDescription(long ScopeRun)
{
    public static PackDescription Read(EntryReader entry, CheckpointText checkpoint, RecordIndex index)
    {
        var scan = new JsonScan(entry.ReadAll(1024));
        long run = 0;
        if (!scan.Literal("{\"format\":\"dro-audit-pack\",\"scope\":{\"run\":"u8)
            || !(scan.IsNext('n') ? scan.Literal("null"u8) : HeaderLine.Number(ref scan, out run) && scan.Require(run >= 1 && run <= index.OpenedRuns, $"a run from 1 to {index.OpenedRuns}"))
            || !scan.Literal("},\"size\":"u8) || !HeaderLine.Number(ref scan, out var size) || !scan.Require(size == checkpoint.Size, $"{checkpoint.Size}, the size of the checkpoint")
            || !scan.Literal(",\"version\":1}"u8) || !scan.Require(scan.AtEnd, "the end of the entry"))
        {
            throw new PackFlawException(entry.Name, $"column {scan.Position + 1}", scan.Found, scan.Expected);
        }

        return new PackDescription(run);
    }
}
