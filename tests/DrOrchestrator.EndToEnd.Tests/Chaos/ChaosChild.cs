using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>What a run of chaos in a process of its own said, and whether all was well.</summary>
internal sealed record ChaosReport(bool IsWell, string Text);

/// <summary>
/// One seed in a process of its own, which has a network namespace of its own where that may be: only there packets can be dropped without harm to anybody else.
/// </summary>
internal static class ChaosChild
{
    public const string Verb = "chaos-seed";

    private const string OwnNetwork = "own-network";
    private const string SharedNetwork = "shared-network";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);
    private static readonly Lazy<Task<bool>> May = new(ProbeAsync);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "DrOrchestrator.EndToEnd.Tests");

    /// <param name="byProxy">Cut by a proxy, also where packets could be dropped.</param>
    public static async Task<ChaosReport> RunAsync(int seed, string folder, bool byProxy = false)
    {
        string[] run = [Verb, $"{seed}", folder];
        await using Child child = byProxy || !await May.Value
            ? Child.Start(Program, [.. run, SharedNetwork], Path.Combine(folder, "chaos.log"))
            : Child.Start("unshare", ["--net", Program, .. run, OwnNetwork], Path.Combine(folder, "chaos.log"));
        int exitCode = await child.WaitAsync(Limit);
        return new ChaosReport(exitCode == 0, await child.ReadLogAsync());
    }

    /// <summary>The process itself: carries the run out and says what it found.</summary>
    /// <returns>0 where all was well.</returns>
    public static async Task<int> CarryAsync(int seed, string folder, string network)
    {
        _ = EndWithParentAsync();
        if (network == OwnNetwork)
        {
            await DroppedPackets.PrepareAsync();
        }

        ChaosPlan plan = ChaosPlan.Of(seed);
        Console.WriteLine(plan);
        long began = TimeProvider.System.GetTimestamp();
        ChaosRun run = await ChaosRun.CarryAsync(folder, plan, network == OwnNetwork);
        Console.WriteLine(
            $"{run.View.Outcome} after {run.Killed} kills, {run.Events.Count} events, {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s; {run.Promotions} promotions, {run.Lost.Count} rows lost; the line: {run.CutBy}");
        foreach (string asked in run.Asked)
        {
            Console.WriteLine($"asked: {asked}");
        }

        IReadOnlyList<string> faults = ChaosVerdict.FaultsOf(plan, run);
        foreach (string fault in faults)
        {
            Console.WriteLine($"FAULT: {fault}");
        }

        if (faults.Count > 0)
        {
            Console.WriteLine(string.Join('\n', run.Events.Select(told => $"{told.At:HH:mm:ss.fff} {told.Kind} {told.Step} {told.Text}")));
        }

        return faults.Count == 0 ? 0 : 1;
    }

    /// <summary>Our standard input ends when whoever started us does; what we started ends with us.</summary>
    private static async Task EndWithParentAsync()
    {
        await Task.Yield();
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        Environment.Exit(3);
    }

    /// <summary>Whether a process may have a network of its own and drop packets in it.</summary>
    private static async Task<bool> ProbeAsync()
    {
        try
        {
            await using Child probe = Child.Start(
                "unshare", ["--net", "nft", "add table inet probe; add chain inet probe in { type filter hook input priority 0; }"], Path.Combine(AppContext.BaseDirectory, "chaos-probe.log"));
            return await probe.WaitAsync(Patience.Stop) == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
