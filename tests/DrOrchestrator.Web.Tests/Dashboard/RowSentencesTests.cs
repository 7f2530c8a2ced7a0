using System.Text.RegularExpressions;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>What the host's script says against a list of rows by key: read from the script, so that a sentence without its twin is found.</summary>
public sealed class RowSentencesTests
{
    /// <summary>What 'rows' calls, and what of it may end it with a word.</summary>
    private static readonly string[] Functions = ["word", "mark", "lock", "rows"];

    [Fact]
    public void Knows_WhatTheScriptSaysOfRows_EverySentence()
    {
        var script = File.ReadAllText(Path.Combine(PostgresLab.Runbooks, "postgres-host.sh"));
        var written = Functions.SelectMany(name => TextsOf(FunctionOf(script, name))).Distinct().ToList();

        written.Should().HaveCountGreaterThan(20, "this reads the script of the product");
        written.Should().OnlyContain(text => !text.Contains("$(", StringComparison.Ordinal), "a text is plain: what is filled in is a variable");
        written.Where(text => !Filled(text).Any(Phrasebook.Knows)).Should().BeEmpty();
    }

    private static string FunctionOf(string script, string name)
    {
        var found = Regex.Match(script, $@"^{name}\(\) \{{(?<body> .*\}}$|\n(.*\n)*?\}}$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture);
        found.Success.Should().BeTrue(name);
        return found.Value;
    }

    /// <summary>Every text with which it refuses, is short of its end, or is lost.</summary>
    private static IEnumerable<string> TextsOf(string body)
    {
        var texts = Regex.Matches(body, @"\b(refuse|short|lost) ""(?<text>[^""]*)""").Select(match => match.Groups["text"].Value).ToList();
        texts.Should().HaveCount(Regex.Matches(body, @"(\b(refuse|short|lost) [^|;])").Count, "each of them is one plain text");
        return texts;
    }

    private static IEnumerable<string> Filled(string text) => new[] { "7", "a", "(ERROR: none" }.Select(sample => Regex.Replace(text, @"\$\{[^}]*\}|\$[A-Za-z0-9_]+", sample));
}
