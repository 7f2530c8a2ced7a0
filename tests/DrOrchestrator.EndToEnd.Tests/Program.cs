using System.Globalization;
using DrOrchestrator.EndToEnd.Chaos;

namespace DrOrchestrator.EndToEnd;

/// <summary>
/// Beside the tests: <c>chaos [--seeds N] [--from SEED]</c> carries out many seeds of chaos, one after the other, and counts; <c>chaos-seed</c> is one of them, in a process of its own.
/// </summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments) => arguments switch
    {
        [ChaosChild.Verb, var seed, var folder, var network] => ChaosChild.CarryAsync(Number(seed), folder, network),
        ["chaos", .. var options] => ChaosSeries.RunAsync(Option(options, "--from", 1), Option(options, "--seeds", 50)),
        _ => UsageAsync(),
    };

    private static Task<int> UsageAsync()
    {
        Console.Error.WriteLine("usage: chaos [--seeds N] [--from SEED]");
        return Task.FromResult(2);
    }

    private static int Option(string[] options, string name, int otherwise) => Array.IndexOf(options, name) is var at && at >= 0 && at + 1 < options.Length ? Number(options[at + 1]) : otherwise;

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
