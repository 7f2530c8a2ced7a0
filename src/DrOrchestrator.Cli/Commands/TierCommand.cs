using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Plans;
using DrOrchestrator.Tiers;
using DrOrchestrator.Words;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro tier classify</c>: tables 1 and 2 of JR/T 0199-2020's annex. Needs no server.</summary>
internal static class TierCommand
{
    public static Command Build(Terminal terminal) => new("tier", "Tiers of JR/T 0199-2020") { BuildClassify(terminal) };

    private static Command BuildClassify(Terminal terminal)
    {
        var scope = Word<ImpactScope>("--scope", "Impact scope");
        var severity = Word<Severity>("--severity", "Severity");
        var fintech = new Option<bool>("--fintech-product") { Description = "The system is a fintech product: at least tier 3 (7.2 g)" };
        var command = new Command("classify", "Tier and limits of one impact scope and severity") { scope, severity, fintech };
        command.SetAction(parse =>
        {
            EnumWords.TryParse<ImpactScope>(parse.GetRequiredValue(scope), out var impactScope);
            EnumWords.TryParse<Severity>(parse.GetRequiredValue(severity), out var impactSeverity);
            var result = TierClassifier.Classify([new Impact(impactScope, impactSeverity)], parse.GetValue(fintech));
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, Document(impactScope, impactSeverity, result));
            }
            else
            {
                Write(terminal.Out, impactScope, impactSeverity, result);
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static Option<string> Word<T>(string name, string description)
        where T : struct, Enum
    {
        var words = EnumWords.All<T>().ToArray();
        var option = new Option<string>(name) { Description = $"{description}: {string.Join(", ", words)}", HelpName = "WORD", Required = true };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    private static void Write(TextWriter writer, ImpactScope scope, Severity severity, TierClassification result)
    {
        writer.WriteLine($"{scope.Word()}, {severity.Word()}: tier {result.RequiredTier}{(result.RequiredTier != result.ClassifiedTier ? $" (table 1 says {result.ClassifiedTier}; a fintech product needs 3)" : "")}");
        var columns = new Columns();
        if (result.Limits is { } limits)
        {
            columns
                .Add("RTO", $"<= {Durations.Format(limits.Rto)}")
                .Add("RPO", limits.Rpo == TimeSpan.Zero ? (limits.Tier == 5 ? "about 0 (ceiling 1s)" : "0") : $"<= {Durations.Format(limits.Rpo)}")
                .Add("unplanned downtime a year", $"<= {Durations.Format(limits.YearlyDowntime)}")
                .Add("availability", string.Create(CultureInfo.InvariantCulture, $">= {limits.AvailabilityPercent}%"))
                .Add("source", limits.Source);
        }
        else
        {
            columns.Add("limits", "table 2 has none for tiers 1 and 2");
        }

        columns.Add("rules", result.RulesVersion).Write(writer, "  ");
    }

    private static JsonObject Document(ImpactScope scope, Severity severity, TierClassification result) => new()
    {
        ["scope"] = scope.Word(),
        ["severity"] = severity.Word(),
        ["classifiedTier"] = result.ClassifiedTier,
        ["requiredTier"] = result.RequiredTier,
        ["limits"] = result.Limits is not { } limits ? null : new JsonObject
        {
            ["rtoSeconds"] = limits.Rto.TotalSeconds,
            ["rpoSeconds"] = limits.Rpo.TotalSeconds,
            ["yearlyDowntimeSeconds"] = limits.YearlyDowntime.TotalSeconds,
            ["availabilityPercent"] = limits.AvailabilityPercent,
            ["source"] = limits.Source,
        },
        ["rules"] = result.RulesVersion,
    };
}
