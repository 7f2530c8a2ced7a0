using System.Security.Cryptography;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Verifier;

namespace DrOrchestrator.Benchmarks;

/// <summary>Verification of a pack with 100,000 records: the whole process, and in this one.</summary>
internal static class VerifyBenchmark
{
    private const int Records = 100_000;
    private const int Times = 7;
    private const double BudgetMilliseconds = 1000;

    public static async Task RunAsync(Published published, WorkFolder work, Report report)
    {
        var file = Path.Combine(work.Folder("verify"), "pack.zip");
        var pack = PackBuilder.Build(Records);
        await File.WriteAllBytesAsync(file, pack);

        var whole = await Samples.OfAsync(Times, () => published.RunAsync("evidence", "verify", file));
        report.Add(new Figure($"dro evidence verify, {Records} records, {pack.Length >> 20} MB ({published.Form})", whole.Spread(), "< 1000 ms", whole.Median < BudgetMilliseconds));
        report.Add(new Figure("... in one process, first time (JIT)", (await Samples.OfAsync(1, () => Verify(pack))).Spread()));
        var before = Environment.CpuUsage.TotalTime;
        report.Add(new Figure("... in one process, warm", (await Samples.OfAsync(Times, () => Verify(pack))).Spread()));
        report.Add(new Figure("... processor time of that, mean", $"{(Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Times:F0} ms"));
        before = Environment.CpuUsage.TotalTime;
        report.Add(new Figure("floor: its 300,000 SHA-256 of 250 bytes alone", (await Samples.OfAsync(Times, Hash)).Spread()));
        report.Add(new Figure("... processor time of that, mean", $"{(Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Times:F0} ms"));
    }

    private static Task Verify(byte[] pack)
    {
        using var stream = new MemoryStream(pack);
        var report = PackVerifier.Verify(stream, new VerifyOptions());
        return report.Verified ? Task.CompletedTask : throw new InvalidOperationException($"the pack was refused: {report.Problem}");
    }

    /// <summary>One for each header, each payload and each node of the tree.</summary>
    private static Task Hash()
    {
        Span<byte> hash = stackalloc byte[32];
        var text = new byte[250];
        for (var i = 0; i < 3 * Records; i++)
        {
            SHA256.HashData(text, hash);
        }

        return Task.CompletedTask;
    }
}
