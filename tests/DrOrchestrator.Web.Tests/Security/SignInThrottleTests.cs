using System.Net;
using DrOrchestrator.Web.Security;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Web.Tests.Security;

public sealed class SignInThrottleTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Note_BeyondTheLimit_ThrottlesUntilTheWindowEnds()
    {
        var throttle = new SignInThrottle(_time);
        for (var failure = 0; failure < SignInThrottle.Limit; failure++)
        {
            throttle.Note(IPAddress.Loopback).IsThrottled.Should().BeFalse();
        }

        _time.Advance(TimeSpan.FromSeconds(20));
        var throttled = throttle.Note(IPAddress.Loopback);
        _time.Advance(TimeSpan.FromSeconds(40));
        var afterwards = throttle.Note(IPAddress.Loopback);

        throttled.Should().BeEquivalentTo(new { IsThrottled = true, IsFirstThrottled = true, Left = TimeSpan.FromSeconds(40) });
        afterwards.Count.Should().Be(1);
    }

    [Fact]
    public void Note_FromAnotherAddress_CountsByItself()
    {
        var throttle = new SignInThrottle(_time);
        for (var failure = 0; failure <= SignInThrottle.Limit; failure++)
        {
            throttle.Note(IPAddress.Loopback);
        }

        throttle.Note(IPAddress.IPv6Loopback).Count.Should().Be(1);
    }

    [Fact]
    public void Sessions_AfterTwelveHours_AreOver()
    {
        var sessions = new Sessions(_time);
        var session = sessions.Open("rita");

        _time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        var before = sessions.TokenOf(session);
        _time.Advance(TimeSpan.FromSeconds(1));

        before.Should().Be("rita");
        sessions.TokenOf(session).Should().BeNull();
    }
}
