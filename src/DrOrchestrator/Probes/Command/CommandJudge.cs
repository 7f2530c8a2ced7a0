using System.Globalization;
using System.Text.RegularExpressions;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes.Command;

/// <summary>What the end of a program means. Pure.</summary>
internal static class CommandJudge
{
    public static (Finding Finding, double? Value) Judge(ProgramResult.Ended ended, CommandProbeSettings settings, Regex? pattern)
    {
        var value = pattern is null ? null : Number(pattern.Match(ended.Output));
        var reason = Reason(ended);
        return Outcome(ended.ExitCode, settings.ExitCodes) switch
        {
            ProbeOutcome.Unknown => (Finding.Unknown(reason), value),
            ProbeOutcome.Down => (Finding.Down(reason), value),
            _ when !settings.Limits.Any => (Finding.Up(reason), value),
            _ when value is null => (Finding.Unknown($"no number in the output; {reason}"), null),
            _ when settings.Limits.BrokenBy(value.Value) is { } broken => (Finding.Down($"the value is {ValueLimits.Text(value.Value)}, expected {broken}"), value),
            _ => (Finding.Up(reason), value),
        };
    }

    /// <summary>126 and 127 are what is said where a program, or what it wanted to start, is not there: nobody looked.</summary>
    private static ProbeOutcome Outcome(int exitCode, CommandExitCodes codes) => exitCode switch
    {
        0 => ProbeOutcome.Up,
        1 when codes is CommandExitCodes.Nagios => ProbeOutcome.Up,
        3 or 126 or 127 => ProbeOutcome.Unknown,
        _ => ProbeOutcome.Down,
    };

    private static string Reason(ProgramResult.Ended ended)
    {
        var said = FirstLine(ended.Output) ?? FirstLine(ended.Error);
        var code = ended.ExitCode.ToString(CultureInfo.InvariantCulture);
        return said is null ? $"exit code {code}" : $"exit code {code}: {said}";
    }

    /// <summary>Plug-ins of Nagios put figures behind a bar.</summary>
    private static string? FirstLine(string text)
    {
        var line = text.AsSpan().TrimStart();
        line = line[..(line.IndexOfAny('\r', '\n') is >= 0 and var end ? end : line.Length)];
        line = line[..(line.IndexOf('|') is > 0 and var bar ? bar : line.Length)];
        return ProbeFailures.OneLine(line.ToString()) is { Length: > 0 } said ? said : null;
    }

    private static double? Number(Match match) =>
        match.Success && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
