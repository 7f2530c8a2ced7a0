using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro evidence export</c>: the audit pack of a run, or of everything, as one file.</summary>
internal static class EvidenceExportCommand
{
    public static Command Build(Terminal terminal)
    {
        var run = EvidenceCommand.Run();
        var file = new Option<string>("--out") { Description = "File to write; an existing one is never replaced", HelpName = "FILE", Required = true };
        var command = CommonOptions.Client("export", "Write an audit pack");
        command.Add(run);
        command.Add(file);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var path = Path.GetFullPath(parse.GetRequiredValue(file));
            var bytes = await ExportAsync(api, parse.GetValue(run), path, cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, new JsonObject { ["pack"] = path, ["bytes"] = bytes, ["run"] = parse.GetValue(run) });
            }
            else
            {
                terminal.Out.WriteLine($"{path} ({bytes} bytes)");
                terminal.Out.WriteLine($"Verify it with: dro evidence verify {parse.GetValue(file)}");
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    /// <summary>Writes the pack beside its final name and renames it when it is complete; returns its length in bytes.</summary>
    public static async Task<long> ExportAsync(ApiClient api, long? run, string path, CancellationToken cancellationToken)
    {
        if (Path.Exists(path))
        {
            throw new CommandFailedException(ExitCodes.Usage, $"{path} is already there; packs are never replaced. Give another --out FILE, or move it away.");
        }

        var draft = path + ".part";
        var body = new JsonObject();
        if (run is { } number)
        {
            body["run"] = number;
        }

        try
        {
            long length;
            await using (var target = Open(draft))
            {
                await api.DownloadAsync("evidence/packs", body, target, cancellationToken);
                length = target.Length;
            }

            File.Move(draft, path, overwrite: false);
            return length;
        }
        finally
        {
            // In a folder that is not there even this would fail, and hide why the draft was not opened.
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCodes.Usage, $"{path} cannot be written ({e.Message.TrimEnd('.')}). Give an --out FILE in a folder that is there and that you may write.");
        }
    }
}
