using System.CommandLine;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Cli.Commands;

/// <summary>An option whose value is a duration as people write them.</summary>
internal static class DurationOption
{
    public static Option<string> Create(string name, string otherwise, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "DURATION", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Durations.TryParse(token.Value, out _))
            {
                result.AddError($"{name} '{token.Value}' is no duration; allowed: {Durations.Allowed}.");
            }
        });
        return option;
    }

    /// <summary>The value of an option made here, which has been held against the form already.</summary>
    public static TimeSpan Read(ParseResult parse, Option<string> option) =>
        Durations.TryParse(parse.GetRequiredValue(option), out var value) ? value : throw new ArgumentException(option.Name);

    /// <summary>How far the sandbox's standby runs behind.</summary>
    public static Option<string> ReplicationDelay() => Create("--replication-delay", "500ms", "How old an entry is before the standby gets it");
}
