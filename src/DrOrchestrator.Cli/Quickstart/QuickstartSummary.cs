using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>The end of a quickstart as text. Pure.</summary>
internal static class QuickstartSummary
{
    /// <summary>Printed beside every verdict of the lab.</summary>
    public const string Lab = "lab, satisfies no clause";

    public static void Write(TextWriter writer, QuickstartResult result)
    {
        var run = result.Run;
        writer.WriteLine();
        writer.WriteLine($"Run {run.Id} of {run.Plan}: {run.Outcome}{(run.RolledBack ? ", rolled back" : "")} (mode {run.Mode}, strength {run.Strength}, answers simulated)");
        if (run.Failure is { } failure)
        {
            writer.WriteLine($"  {failure}");
        }

        MeasurementText.Write(writer, run.Measurement, Lab);
        Verdicts(writer, result);
        Pack(writer, result);
    }

    /// <summary>What there is to look at while the server stays up.</summary>
    public static void WriteGoodbye(TextWriter writer, QuickstartResult result)
    {
        writer.WriteLine();
        writer.WriteLine($"Dashboard: {result.Dashboard}");
        writer.WriteLine($"  sign in with the token in {Path.Combine(result.Options.ServerFolder, "operator.token")}");
        writer.WriteLine($"  or ask from another terminal: dro status --data {result.Options.Folder}");
        writer.WriteLine();
        writer.WriteLine("Press Ctrl-C to stop");
        writer.Flush();
    }

    private static void Verdicts(TextWriter writer, QuickstartResult result)
    {
        foreach (var system in result.Status.Systems.Where(system => system.Verdicts.Count > 0))
        {
            writer.WriteLine();
            writer.WriteLine($"Verdicts on {system.Name}, tier {system.RequiredTier}");
            var columns = new Columns();
            foreach (var verdict in system.Verdicts)
            {
                columns.Add(verdict.Subject, Wording.Kebab(verdict.Verdict), $"({Lab})");
            }

            columns.Write(writer, "  ");
        }
    }

    private static void Pack(TextWriter writer, QuickstartResult result)
    {
        var verification = result.Verification;
        writer.WriteLine();
        writer.WriteLine($"Audit pack: {result.Pack}");
        writer.WriteLine($"  {(verification.Verified ? $"verified by a separate process: {verification.Records} records" : $"VERIFICATION FAILED: {verification.Problem}")}");
        writer.WriteLine($"  key fingerprint {verification.KeyFingerprint ?? "unknown"}");
    }
}
