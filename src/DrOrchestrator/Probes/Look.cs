using System.Globalization;
using DrOrchestrator.Time;

namespace DrOrchestrator.Probes;

/// <summary>
/// One look while it happens: where its time went and what it has reached. Notes are kept as forms and values and become text only for a look that failed, so that a
/// good one pays for none of it.
/// </summary>
internal sealed class Look(ProcessClock clock, CancellationToken deadline)
{
    private const int MostNotes = 40;
    private const int FirstNotes = 4;
    private const string Masked = "***";
    private readonly object _gate = new();
    private readonly DateTimeOffset _startedAt = clock.Now;
    private readonly long _began = clock.Provider.GetTimestamp();
    private Entry[]? _notes;
    private int _count;
    private List<string>? _secrets;

    public CancellationToken Deadline => deadline;

    public TimeProvider Time => clock.Provider;

    public DateTimeOffset Now => clock.Now;

    /// <summary>Since the look began.</summary>
    public TimeSpan Elapsed => clock.Provider.GetElapsedTime(_began);

    /// <summary>Connections opened for the present request.</summary>
    public int Connects { get; set; }

    /// <summary>When the last connection was ready for a request; zero for a reused one.</summary>
    public TimeSpan ReadyAt { get; set; }

    /// <summary>With whom a TLS handshake is under way; null when none is.</summary>
    public string? Handshakes { get; set; }

    public TimeSpan? Dns { get; set; }

    public TimeSpan? Connect { get; set; }

    public TimeSpan? Tls { get; set; }

    public TimeSpan? FirstByte { get; set; }

    public TimeSpan? Transfer { get; set; }

    /// <summary>A number the kind measured.</summary>
    public double? Value { get; set; }

    /// <summary>End of validity of the certificate that was presented.</summary>
    public DateTimeOffset? CertificateExpires { get; set; }

    /// <summary>Takes a line of <see cref="Story"/> with its values, which must not change afterwards.</summary>
    public void Note(string form, object? first = null, object? second = null, object? third = null)
    {
        var entry = new Entry(Elapsed, form, first, second, third);
        lock (_gate)
        {
            _notes ??= new Entry[FirstNotes];
            if (_count == _notes.Length && _count < MostNotes)
            {
                Array.Resize(ref _notes, Math.Min(MostNotes, _count * 2));
            }

            if (_count < _notes.Length)
            {
                _notes[_count++] = entry;
            }
        }
    }

    /// <summary>A value that may stand nowhere: whatever is told of this look has it replaced.</summary>
    public void Hide(string secret) => (_secrets ??= []).Add(secret);

    /// <summary>The text without the secrets this look has used, nor the beginning of one where the text was cut off in its middle.</summary>
    public string Mask(string text) =>
        _secrets is null ? text : _secrets.Aggregate(text, (masked, secret) => WithoutBeginning(masked.Replace(secret, Masked, StringComparison.Ordinal), secret));

    /// <summary>A target's words, fit for a page: masked, one line, at most that many characters.</summary>
    public string Excerpt(string text, int longest = 100) => ProbeFailures.OneLine(Mask(text), longest);

    /// <summary>The result; with its story unless it is good and nobody asked.</summary>
    public ProbeResult End(string probe, Finding finding, bool tellAlways) =>
        new(probe, finding.Outcome, _startedAt, clock.Now, Mask(finding.Reason))
        {
            Value = Value,
            Phases = Dns is null && Connect is null && FirstByte is null ? null : new ProbePhases(Dns, Connect, Tls, FirstByte, Transfer),
            CertificateExpires = CertificateExpires,
            Notes = finding.Outcome == ProbeOutcome.Up && !tellAlways ? null : Tell(),
        };

    private static string WithoutBeginning(string text, string secret)
    {
        for (var at = text.IndexOf(ProbeFailures.Cut); at >= 0; at = text.IndexOf(ProbeFailures.Cut, at + 1))
        {
            for (var length = Math.Min(secret.Length - 1, at); length > 0; length--)
            {
                if (text.AsSpan(at - length, length).SequenceEqual(secret.AsSpan(0, length)))
                {
                    text = string.Concat(text.AsSpan(0, at - length), Masked, text.AsSpan(at));
                    at += Masked.Length - length;
                    break;
                }
            }
        }

        return text;
    }

    private ProbeNote[] Tell()
    {
        lock (_gate)
        {
            return _notes is null ? [] : [.. _notes.Take(_count).Select(entry => new ProbeNote(entry.At, Mask(entry.Text())))];
        }
    }

    private readonly record struct Entry(TimeSpan At, string Form, object? First, object? Second, object? Third)
    {
        public string Text() => string.Format(CultureInfo.InvariantCulture, Form, Words(First), Words(Second), Words(Third));

        private static string Words(object? value) => value switch
        {
            null => "",
            DateTimeOffset moment => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            TimeSpan span => Story.Days(span),
            _ => ProbeFailures.OneLine(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
        };
    }
}
