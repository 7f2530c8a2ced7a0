using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Verifier;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro evidence verify FILE</c>: judges an audit pack offline; needs no server, no database and no estate.</summary>
internal static class EvidenceVerifyCommand
{
    public static Command Build(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The audit pack" };
        var fingerprint = new Option<string?>("--key-fingerprint") { Description = "Fingerprint of the log's key, got by another way than the pack", HelpName = "SHA256:..." };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "A checkpoint of the same log that was kept outside", HelpName = "FILE" };
        var command = new Command("verify", "Verify an audit pack offline") { file, fingerprint, checkpoint };
        command.SetAction(parse =>
        {
            var outside = parse.GetValue(checkpoint) is { } path ? Opened(path, "--checkpoint", File.ReadAllText) : null;
            using var pack = Opened(parse.GetRequiredValue(file), "FILE", File.OpenRead);
            var report = PackVerifier.Verify(pack, new VerifyOptions(parse.GetValue(fingerprint), outside));
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, Document(report));
            }
            else
            {
                Write(terminal.Out, parse.GetRequiredValue(file), report);
            }

            return report.Verified ? ExitCodes.Fine : ExitCodes.VerificationFailed;
        });
        return command;
    }

    private static T Opened<T>(string path, string what, Func<string, T> open)
    {
        try
        {
            return open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCodes.Usage, $"{what} {path} cannot be read ({e.Message.TrimEnd('.')}). Give a file that is there and that you may read.");
        }
    }

    private static void Write(TextWriter writer, string file, VerificationReport report)
    {
        writer.WriteLine($"{file}: {(report.Verified ? "verified" : "VERIFICATION FAILED")}");
        if (report.Problem is { } problem)
        {
            writer.WriteLine($"  first thing wrong: {problem}");
        }

        var columns = new Columns()
            .Add("consistent", report.Claims.Consistent ? "yes, from the pack alone" : "no")
            .Add("authentic", Authentic(report.Claims.Authentic))
            .Add("complete", report.Claims.CompleteUpTo is { } upTo ? $"up to record {upTo.Records - 1}, {upTo.Time}" : "not shown: give --checkpoint FILE");
        if (report.Origin is { } origin)
        {
            columns.Add("log", origin);
        }

        if (report.KeyFingerprint is { } key)
        {
            columns.Add("key", key);
        }

        columns
            .Add("scope", report.ScopeRun is { } run ? $"run {run}" : "everything")
            .Add("records", $"{report.Records} ({report.Payloads} payloads, {report.Objects} objects)");
        foreach (var figures in report.Figures)
        {
            columns.Add($"run {figures.Run}", figures.Closed ? figures.Outcome ?? "closed" : "not closed");
        }

        columns.Write(writer, "  ");
        foreach (var note in report.Notes)
        {
            writer.WriteLine($"  note: {note}");
        }
    }

    private static string Authentic(Authenticity authenticity) => authenticity switch
    {
        Authenticity.Authentic => "yes, signed by the key you named",
        Authenticity.OtherKey => "NO, signed by another key than you named",
        Authenticity.NotShown => "not shown",
        _ => "not asked: give --key-fingerprint",
    };

    private static JsonObject Document(VerificationReport report) => new()
    {
        ["verified"] = report.Verified,
        ["claims"] = new JsonObject
        {
            ["consistent"] = report.Claims.Consistent,
            ["authentic"] = Wording.Kebab(report.Claims.Authentic.ToString()),
            ["completeUpTo"] = JsonSerializer.SerializeToNode(report.Claims.CompleteUpTo, JsonDocuments.Options),
        },
        ["problem"] = JsonSerializer.SerializeToNode(report.Problem, JsonDocuments.Options),
        ["origin"] = report.Origin,
        ["keyFingerprint"] = report.KeyFingerprint,
        ["scopeRun"] = report.ScopeRun,
        ["records"] = report.Records,
        ["payloads"] = report.Payloads,
        ["objects"] = report.Objects,
        ["runs"] = JsonSerializer.SerializeToNode(report.Runs, JsonDocuments.Options),
        ["figures"] = JsonSerializer.SerializeToNode(report.Figures, JsonDocuments.Options),
        ["notes"] = JsonSerializer.SerializeToNode(report.Notes, JsonDocuments.Options),
    };
}
