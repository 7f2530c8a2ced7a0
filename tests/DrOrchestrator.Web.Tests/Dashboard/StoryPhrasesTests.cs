using System.Globalization;
using System.Reflection;
using DrOrchestrator.Probes;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>Every line a story may have, and every reason of a connection, is in the book.</summary>
public sealed class StoryPhrasesTests
{
    public static TheoryData<string> Forms => new(typeof(Story).GetFields(BindingFlags.Public | BindingFlags.Static).Where(line => line.IsLiteral).Select(line => (string)line.GetRawConstantValue()!));

    [Theory]
    [MemberData(nameof(Forms))]
    public void Knows_EveryLineOfAStory(string form) =>
        new[] { "1", "2026-01-01 00:00:00Z", "a.example:443" }.Should().Contain(value => Phrasebook.Knows(string.Format(CultureInfo.InvariantCulture, form, Arguments(value))));

    [Theory]
    [InlineData("TLS with a.example:443: the certificate expired at 2021-01-01 00:00:00Z; the issuer of the certificate is not trusted (UntrustedRoot)")]
    [InlineData("TLS with a.example:443: the certificate is for b.example, c.example, not for a.example")]
    [InlineData("TLS with a.example:443: the certificate expires in 3.2 days (limit: 14 days)")]
    [InlineData("HTTP 200, but no complete answer within 3s")]
    [InlineData("HTTP 200, but connection reset by 127.0.0.1:80")]
    [InlineData("the name a.example has no IPv6 address")]
    [InlineData("could not look: the environment variable KEY is not set")]
    [InlineData("connection to a.example:443: TimedOut")]
    public void Knows_WhatAConnectionEndsWith(string reason) => Phrasebook.Say(reason, Language.Chinese).Markup.Should().NotContain("lang=\"en\"");

    private static object[] Arguments(string value) => [.. Enumerable.Range(0, 4).Select(i => i == 2 && value == "1" ? "2026-01-01 00:00:00Z" : value)];
}
