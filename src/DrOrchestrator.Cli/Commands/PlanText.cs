using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Cli.Commands;

/// <summary>A plan as text. Pure.</summary>
internal static class PlanText
{
    public static void Write(TextWriter writer, string name, string version, IReadOnlyDictionary<string, string> title, IReadOnlyList<string> approvals, IReadOnlyList<PlanStepView> steps, IReadOnlyList<string> guardrails)
    {
        writer.WriteLine($"{name}  version {version}  {title.GetValueOrDefault("en")}".TrimEnd());
        foreach (var approval in approvals)
        {
            writer.WriteLine($"  approval {approval}");
        }

        foreach (var guardrail in guardrails)
        {
            writer.WriteLine($"  guardrail {guardrail}");
        }

        Steps(writer, "The switch", [.. steps.Where(step => !step.WayBack)]);
        Steps(writer, "The way back", [.. steps.Where(step => step.WayBack)]);
        if (steps.Any(step => step.PointOfNoReturn))
        {
            writer.WriteLine();
            writer.WriteLine("  ! cannot be taken back");
        }
    }

    private static void Steps(TextWriter writer, string title, IReadOnlyList<PlanStepView> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        writer.WriteLine();
        writer.WriteLine(title);
        var columns = new Columns("step", "kind", "site", "timeout", "mark");
        foreach (var step in steps)
        {
            columns.Add(step.Name + (step.PointOfNoReturn ? " !" : ""), step.Kind, step.Site ?? "", Durations.Format(step.Timeout), step.Mark ?? "");
        }

        columns.Write(writer, "  ");
        foreach (var step in steps)
        {
            if (step.Answers is { Length: > 0 } answers)
            {
                writer.WriteLine($"  {step.Name}: asks {answers}");
            }

            if (step.Verify.Count > 0)
            {
                writer.WriteLine($"  {step.Name}: verified by {string.Join("; ", step.Verify)}");
            }

            if (step.Rehearsal is { } rehearsal)
            {
                writer.WriteLine($"  {step.Name}: in a rehearsal {rehearsal}");
            }

            if (step.Description is { Length: > 0 } description)
            {
                writer.WriteLine($"  {step.Name}: {description}");
            }
        }
    }
}
