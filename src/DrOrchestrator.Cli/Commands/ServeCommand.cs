using System.CommandLine;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Web;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro serve</c>: the server. Runs until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Build(Terminal terminal)
    {
        var estate = EstateReading.Folder();
        var data = new Option<string>("--data") { Description = "Everything the server writes is below it; made when missing", HelpName = "DIR", Required = true };
        var urls = new Option<string>("--urls") { Description = "Where to listen, separated by semicolons; a free port of the loopback interface by default", HelpName = "URLS", DefaultValueFactory = _ => ServeOptions.LoopbackUrl };
        var database = new DatabaseOption();
        var spool = new Option<int?>("--spool-limit") { Description = "Largest size of the spool for what is observed while the database is away, 1 to 1024 MiB; 64 by default", HelpName = "MIB" };
        spool.Validators.Add(result =>
        {
            if (result.GetValue(spool) is { } limit and not (>= 1 and <= SpoolOptions.LargestLimitMiB))
            {
                result.AddError($"--spool-limit {limit}: allowed: 1 to {SpoolOptions.LargestLimitMiB} (MiB)");
            }
        });
        var stopWithStdin = new Option<bool>("--stop-with-stdin") { Description = "Stop when standard input ends" };
        var announceReady = new Option<bool>("--announce-ready") { Description = "Print {\"ready\":true,\"url\":\"...\"} when requests are answered" };
        var allowed = AllowCommandOption.New();
        var vantage = new Option<string?>("--vantage") { Description = "Which of the estate's vantage points this server is, where there are several", HelpName = "NAME" };
        var standBy = new Option<bool>("--stand-by") { Description = "Where another server uses the same PostgreSQL: wait for its end and take over, in place of being refused" };
        var command = new Command("serve", "Run the server of an estate") { estate, data, database.Text, database.File, urls, spool, stopWithStdin, announceReady, allowed, vantage, standBy };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var options = new ServeOptions(
                parse.GetRequiredValue(estate),
                parse.GetRequiredValue(data),
                parse.GetRequiredValue(urls),
                parse.GetValue(stopWithStdin),
                parse.GetValue(announceReady),
                database.Read(parse),
                parse.GetValue(spool))
            {
                AllowedCommands = parse.GetValue(allowed) ?? [],
                Vantage = parse.GetValue(vantage),
                StandsBy = parse.GetValue(standBy),
            };
            try
            {
                return await ServerBuilder.RunAsync(options, cancellationToken: cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Asked to stop while it was still starting: it has stopped, and that is what was asked for.
                return ExitCodes.Fine;
            }
        });
        return command;
    }
}
