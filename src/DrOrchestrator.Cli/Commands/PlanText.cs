using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Cli.Commands;

/// <summary>A plan as text. Pure.</summary>
internal static class PlanText
{
    public static void Write(TextWriter writer, PlanView plan)
    {
        writer.WriteLine($"{plan.Name}  version {plan.Version}  {plan.Title.GetValueOrDefault("en")}".TrimEnd());
        foreach (var approval in plan.Approvals)
        {
            writer.WriteLine($"  approval {approval}");
        }

        foreach (var system in plan.Procedure)
        {
            writer.WriteLine($"  procedure {system}");
        }

        foreach (var guardrail in plan.Guardrails)
        {
            writer.WriteLine($"  guardrail {guardrail}");
        }

        foreach (var program in plan.Programs)
        {
            writer.WriteLine($"  program {program}: the server must be started with --allow-command {program}");
        }

        var several = plan.Procedure.Count > 0;
        Steps(writer, "The switch", [.. plan.Steps.Where(step => !step.WayBack)], several);
        Steps(writer, "The way back", [.. plan.Steps.Where(step => step.WayBack)], several);
        Changes(writer, [.. plan.Steps.Where(step => step.Changes)]);
        if (plan.Steps.Any(step => step.PointOfNoReturn))
        {
            writer.WriteLine();
            writer.WriteLine("  ! cannot be taken back");
        }
    }

    private static void Steps(TextWriter writer, string title, IReadOnlyList<PlanStepView> steps, bool several)
    {
        if (steps.Count == 0)
        {
            return;
        }

        writer.WriteLine();
        writer.WriteLine(title);
        string[] heads = ["step", .. several ? ["system"] : Array.Empty<string>(), "kind", "site", "timeout", "mark"];
        var columns = new Columns(heads);
        foreach (var step in steps)
        {
            columns.Add(
                [step.Name + (step.PointOfNoReturn ? " !" : ""), .. several ? [step.System ?? "all"] : Array.Empty<string>(), step.Kind, step.Site ?? "", Durations.Format(step.Timeout), step.Mark ?? ""]);
        }

        columns.Write(writer, "  ");
        foreach (var step in steps.Where(step => step.Answers is { Length: > 0 }))
        {
            writer.WriteLine($"  {step.Name}: asks {step.Answers}");
        }
    }

    private static void Changes(TextWriter writer, IReadOnlyList<PlanStepView> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        writer.WriteLine();
        writer.WriteLine("What would change");
        foreach (var step in steps)
        {
            writer.WriteLine($"  {step.Name}: {step.Description}");
        }
    }
}
