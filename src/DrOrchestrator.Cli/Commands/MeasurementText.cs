using System.Globalization;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;

namespace DrOrchestrator.Cli.Commands;

/// <summary>What a run demonstrated, as text: the recovery time by phase, then the counted loss; a planned switch apart.</summary>
internal static class MeasurementText
{
    /// <param name="note">Printed beside every verdict, e.g. <c>lab, satisfies no clause</c>.</param>
    public static void Write(TextWriter writer, RunMeasurement? measurement, string? note)
    {
        if (measurement is null)
        {
            return;
        }

        if (measurement.Overall is { } overall)
        {
            writer.WriteLine();
            writer.WriteLine(
                $"All systems: {(overall.Restored ? "" : "NOT RESTORED, at least ")}{Wording.Seconds(overall.Seconds)} (from {Wording.Seconds(overall.LowerSeconds)}): {Verdict(overall.Met, note)}");
        }

        foreach (var system in measurement.Systems)
        {
            Of(writer, $"{system.System}: ", measurement.For(system.System), note);
        }

        Of(writer, "", measurement, note);
    }

    private static void Of(TextWriter writer, string system, RunMeasurement measurement, string? note)
    {
        Rto(writer, $"{system}Recovery time (RTO)", measurement.Rto, note);
        Rpo(writer, $"{system}Data loss (RPO)", measurement.Rpo, note);
        Rto(writer, $"{system}Planned switch back, recovery time", measurement.PlannedRto, note);
        Rpo(writer, $"{system}Planned switch back, data loss", measurement.PlannedRpo, note);
    }

    private static void Rto(TextWriter writer, string title, RtoMeasurement? rto, string? note)
    {
        if (rto is null)
        {
            return;
        }

        writer.WriteLine();
        writer.WriteLine($"{title}: {(rto.Restored ? "" : "NOT RESTORED, at least ")}{Wording.Seconds(rto.Seconds)} of {Wording.Seconds(rto.LimitSeconds)}: {Verdict(rto.Met, note)}");
        writer.WriteLine($"  between {Wording.Seconds(rto.LowerSeconds)} and {Wording.Seconds(rto.UpperSeconds)}; technically {Wording.Seconds(rto.TechnicalSeconds)}");
        var phases = new Columns();
        foreach (var (phase, seconds) in rto.Phases)
        {
            phases.Add(Wording.Kebab(phase).Replace('-', ' '), Wording.Seconds(seconds).PadLeft(9));
        }

        phases.Write(writer, "  ");
    }

    private static void Rpo(TextWriter writer, string title, RpoMeasurement? rpo, string? note)
    {
        if (rpo is null)
        {
            return;
        }

        writer.WriteLine();
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{title}: {rpo.Lost} lost, {Wording.Seconds(rpo.LostSeconds)} of {Wording.Seconds(rpo.LimitSeconds)}: {Verdict(DrillMeasurement.IsMet(rpo), note)}"));
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  sent {rpo.Sent}, acknowledged {rpo.Acknowledged}, in doubt {rpo.InDoubt} ({rpo.InDoubtSurvivors} survived), refused {rpo.Refused}"));
        if (rpo.WorstExposureSeconds is { } worst)
        {
            writer.WriteLine($"  worst exposure {Wording.Seconds(worst)}");
        }

        if (rpo.NotProtectedSeconds > 0 || rpo.UnknownSeconds > 0)
        {
            writer.WriteLine($"  before the interruption: not protected for {Wording.Seconds(rpo.NotProtectedSeconds)}, exposure not known for {Wording.Seconds(rpo.UnknownSeconds)}");
        }
    }

    private static string Verdict(bool? met, string? note) => (met switch { true => "met", false => "BREACHED", null => "indeterminate" }) + (note is null ? "" : $" ({note})");
}
