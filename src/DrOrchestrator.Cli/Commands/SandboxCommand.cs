using System.CommandLine;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Cli.Processes;
using DrOrchestrator.Sandbox;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro sandbox</c>: the lab of two sites. Runs until it is told to stop.</summary>
internal static class SandboxCommand
{
    public static Command Build(Terminal terminal)
    {
        var data = new Option<string>("--data") { Description = "Folder for everything; one that was used before is gone on with", HelpName = "DIR", Required = true };
        var delay = DurationOption.ReplicationDelay();
        var fast = new Option<bool>("--fast") { Description = "Tighter timings: probes every 100 ms" };
        var postgres = new PostgresOption();
        var stopWithStdin = new Option<bool>("--stop-with-stdin") { Description = "Stop when standard input ends" };
        var command = new Command("sandbox", "Run a lab of two sites on this machine; prints one line of JSON when it is ready") { data, delay, fast, stopWithStdin };
        foreach (var option in postgres.All)
        {
            command.Add(option);
        }

        command.SetAction((parse, cancellationToken) => SandboxHost.RunAsync(
            new SandboxOptions(
                Path.GetFullPath(parse.GetRequiredValue(data)),
                Self.Command,
                DurationOption.Read(parse, delay),
                parse.GetValue(fast),
                RestartBackoff: null,
                parse.GetValue(stopWithStdin))
            {
                Postgres = postgres.Read(parse),
            },
            terminal.Out,
            cancellationToken));
        return command;
    }
}
