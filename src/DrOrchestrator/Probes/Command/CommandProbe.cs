using System.Text.RegularExpressions;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes.Command;

/// <summary>A program that looks for us. It is told which probe asks, and nothing else of ours.</summary>
internal sealed class CommandProbe(ProbeDefinition definition, CommandProbeSettings settings, ProbeContext context) : DeadlineProbe(definition, context)
{
    private readonly Regex? _value = settings.ValuePattern is { } pattern ? new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
    private readonly Dictionary<string, string> _environment = new()
    {
        ["DRO_PROBE"] = definition.Name,
        ["DRO_SYSTEM"] = definition.System,
        ["DRO_SITE"] = definition.Site ?? "",
    };

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        if (Context.Commands.Refusal(settings.Program) is { } refusal)
        {
            return Finding.Unknown($"could not look: {refusal}");
        }

        switch (await ProgramRun.RunAsync(settings.Program, settings.Arguments, _environment, look.Time, deadline).ConfigureAwait(false))
        {
            case ProgramResult.Ended ended:
                look.Note(Story.ProgramEnded, ended.ExitCode, ended.Output, ended.Error);
                var (finding, value) = CommandJudge.Judge(ended, settings, _value);
                look.Value = value;
                return finding;
            case ProgramResult.NotStarted notStarted:
                return Finding.Unknown($"could not look: {settings.Program} cannot be started: {ProbeFailures.OneLine(notStarted.Why)}");
            case var other:
                throw new InvalidOperationException($"no finding for {other.GetType().Name}");
        }
    }

    protected override string Late(Look look) => $"{settings.Program} did not end {ProbeFailures.Within(Definition.Timeout)} and was killed";

    protected override Finding Failed(Exception exception, Look look) =>
        Finding.Unknown($"could not look: {exception.GetType().Name}: {ProbeFailures.OneLine(exception.Message)}");
}
