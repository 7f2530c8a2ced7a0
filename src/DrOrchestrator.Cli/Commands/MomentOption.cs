using System.CommandLine;
using System.Globalization;
using DrOrchestrator.Time;

namespace DrOrchestrator.Cli.Commands;

/// <summary>An option whose value is a moment that says its own offset, so that nobody's machine has to be asked where it stands.</summary>
internal static class MomentOption
{
    private const string Allowed = "a moment with its offset, such as 2026-11-22T22:00:00Z or 2026-11-22T22:00+08:00";
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    public static Option<string?> Create(string name, string description, bool required)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "MOMENT", Required = required };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !TryParse(token.Value, out _))
            {
                result.AddError($"{name} '{token.Value}' is no moment; allowed: {Allowed}.");
            }
        });
        return option;
    }

    /// <summary>RFC 3339 in UTC; null when it was not given. The value has been held against the form already.</summary>
    public static string? Read(ParseResult parse, Option<string?> option) =>
        parse.GetValue(option) is not { } text ? null : TryParse(text, out var moment) ? moment.ToRfc3339() : throw new ArgumentException(option.Name);

    private static bool TryParse(string text, out DateTimeOffset moment) =>
        DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out moment) && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal));
}
