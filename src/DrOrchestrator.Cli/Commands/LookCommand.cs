using System.CommandLine;
using DrOrchestrator.Web;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro look</c>: a lookout. Looks from another vantage point and votes; decides nothing. Runs until it is told to stop.</summary>
internal static class LookCommand
{
    public static Command Build()
    {
        var estate = EstateReading.Folder();
        var vantage = new Option<string>("--vantage") { Description = "Which of the estate's vantage points this is", HelpName = "NAME", Required = true };
        var database = new DatabaseOption();
        var allowed = new Option<string[]>("--allow-command") { Description = "A program that probes of the estate may start here, by its full path; none otherwise. May be given again", HelpName = "PATH" };
        var stopWithStdin = new Option<bool>("--stop-with-stdin") { Description = "Stop when standard input ends" };
        var announceReady = new Option<bool>("--announce-ready") { Description = "Print {\"ready\":true,\"vantage\":\"...\"} when it looks" };
        var command = new Command("look", "Look from another vantage point and vote; the server decides") { estate, vantage, database.Text, database.File, allowed, stopWithStdin, announceReady };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var text = database.Read(parse)
                ?? throw new CommandFailedException(ExitCodes.Usage, $"A lookout votes through the server's PostgreSQL: name it with --database, --database-file or {DatabaseOption.Variable}.");
            var options = new LookoutOptions(parse.GetRequiredValue(estate), parse.GetRequiredValue(vantage), text, parse.GetValue(stopWithStdin), parse.GetValue(announceReady))
            {
                AllowedCommands = parse.GetValue(allowed) ?? [],
            };
            try
            {
                return await LookoutBuilder.RunAsync(options, cancellationToken);
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
