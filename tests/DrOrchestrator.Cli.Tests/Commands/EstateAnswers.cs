using System.Text.RegularExpressions;

namespace DrOrchestrator.Cli.Tests.Commands;

/// <summary>Answers what a suggested estate asks, as a person would: a value behind each empty key.</summary>
internal static partial class EstateAnswers
{
    private static readonly Dictionary<string, string> Answers = new()
    {
        ["role"] = "same-city", ["department"] = "Payments", ["owner"] = "Li Wei", ["scope"] = "financial-rights", ["severity"] = "moderate", ["reason"] = "Customers cannot pay", ["signer"] = "Wang", ["name"] = "posting",
    };

    public static string To(string text) => Question().Replace(text, match => $"{match.Groups[1].Value}: {Answers[match.Groups[1].Value]} # answered");

    [GeneratedRegex("([a-z]+): # [?] .*")]
    private static partial Regex Question();
}
