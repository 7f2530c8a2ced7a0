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
    [InlineData("no TLS handshake with a.example:443 within 3s")]
    [InlineData("HTTP 302, but it redirects more than 3 times, last to http://a.example/4")]
    [InlineData("HTTP 302, but it redirects in a circle, back to http://a.example/")]
    [InlineData("HTTP 302, but it redirects from https to http://a.example/")]
    [InlineData("HTTP 302, but it redirects to no address of the web")]
    [InlineData("HTTP 200, but the value at $.lag is 4.5, more than 4")]
    [InlineData("HTTP 200, but there is nothing at $.lag")]
    [InlineData("HTTP 200, but the header X-Role is not as expected")]
    [InlineData("HTTP 200, but the body is too long to be read as JSON")]
    [InlineData("accepted by 127.0.0.1:25, but the banner is not as expected: nothing came")]
    [InlineData("accepted by 127.0.0.1:25, but nothing expected came within 3s")]
    [InlineData("127.0.0.1:53 answered SERVFAIL (expected NOERROR)")]
    [InlineData("127.0.0.1:53 has no A record of a.example")]
    [InlineData("127.0.0.1:53 answered what is no DNS")]
    [InlineData("A a.example: NOERROR")]
    [InlineData("3 of 5 echoes from a.example within 2s")]
    [InlineData("5 of 5 echoes from a.example")]
    [InlineData("could not look: this process may not send ICMP (put its group into net.ipv4.ping_group_range, or give it CAP_NET_RAW)")]
    public void Knows_WhatAConnectionEndsWith(string reason) => Phrasebook.Say(reason, Language.Chinese).Markup.Should().NotContain("lang=\"en\"");

    private static object[] Arguments(string value) => [.. Enumerable.Range(0, 4).Select(i => i == 2 && value == "1" ? "2026-01-01 00:00:00Z" : value)];
}
