using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.Words;

namespace DrOrchestrator.Cli.Commands;

/// <summary>A look, or what is known of a probe, as text.</summary>
internal static class ProbeText
{
    public static void Write(TextWriter writer, ProbeDefinition probe, ProbeResult result)
    {
        writer.WriteLine($"{probe.Name}: {result.Outcome.Word()}, {result.Reason}");
        writer.WriteLine($"  {probe.Settings.Kind} {probe.Settings.Target}, timeout {Durations.Format(probe.Timeout)}");
        writer.WriteLine($"  {Wording.Moment(result.StartedAt)}, took {Milliseconds(result.Duration)}");
        if (result.Phases is { } phases)
        {
            writer.WriteLine($"  phases: {Phases(phases.Dns, phases.Connect, phases.Tls, phases.FirstByte, phases.Transfer)}");
        }

        if (result.Value is { } value)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  value: {value}"));
        }

        if (result.CertificateExpires is { } expires)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  certificate valid until {Wording.Moment(expires)} ({(expires - result.EndedAt).TotalDays:0.#} days)"));
        }

        Notes(writer, (result.Notes ?? []).Select(note => (note.At, note.Text)));
    }

    public static void Write(TextWriter writer, ProbeView view)
    {
        var probe = view.Probe;
        writer.WriteLine($"{probe.Name}: {probe.State}{(probe.Since is { } since ? $" since {Wording.Moment(since)}" : "")}{(probe.Reason.Length > 0 ? $", {probe.Reason}" : "")}");
        writer.WriteLine($"  {probe.Kind} {probe.Target}, system {probe.System}");
        foreach (var look in view.Recent.Reverse())
        {
            writer.WriteLine($"  {Wording.Clock(look.StartedAt)}  {look.Outcome,-7}  {Milliseconds(look.Duration)}  {look.Reason}");
        }

        foreach (var failure in view.Failures)
        {
            writer.WriteLine($"failed {Wording.Moment(failure.First.StartedAt)}: {failure.First.Reason}{(failure.Count > 1 ? $" ({failure.Count} times, last {Wording.Moment(failure.Last.StartedAt)})" : "")}");
            Notes(writer, failure.Notes.Select(note => (note.At, note.Text)));
        }
    }

    private static void Notes(TextWriter writer, IEnumerable<(TimeSpan At, string Text)> notes)
    {
        foreach (var (at, text) in notes)
        {
            writer.WriteLine($"    +{Milliseconds(at)}  {text}");
        }
    }

    private static string Phases(TimeSpan? dns, TimeSpan? connect, TimeSpan? tls, TimeSpan? firstByte, TimeSpan? transfer) => string.Join(
        ", ",
        new (string Name, TimeSpan? Time)[] { ("dns", dns), ("connect", connect), ("tls", tls), ("first byte", firstByte), ("transfer", transfer) }
            .Where(phase => phase.Time is not null)
            .Select(phase => $"{phase.Name} {Milliseconds(phase.Time!.Value)}"));

    private static string Milliseconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.0} ms");
}
