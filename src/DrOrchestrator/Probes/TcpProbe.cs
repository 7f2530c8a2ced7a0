using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>A connection is accepted; where asked for, secured, and the first words over it are as expected. Otherwise nothing is sent over it.</summary>
internal sealed class TcpProbe(ProbeDefinition definition, TcpProbeSettings settings, ProbeContext context) : DeadlineProbe(definition, context)
{
    private readonly string _accepted = string.Create(CultureInfo.InvariantCulture, $"accepted by {settings.Host}:{settings.Port}");
    private readonly TlsIdentity? _identity = settings.Tls is { } tls ? new TlsIdentity(tls) : null;

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        using var socket = await Dialer.ConnectAsync(settings.Host, settings.Port, settings.Ip, look, deadline).ConfigureAwait(false);
        if (_identity is null && settings.Banner is null)
        {
            return Finding.Up(_accepted);
        }

        Stream stream = new NetworkStream(socket, ownsSocket: true);
        await using (stream.ConfigureAwait(false))
        {
            var spoken = _identity is null ? stream : await TlsHandshake.SecureAsync(stream, settings.Host, settings.Port, _identity, null, look, deadline).ConfigureAwait(false);
            await using (spoken.ConfigureAwait(false))
            {
                if (CertificateWords.TooShort(look.CertificateExpires, settings.Tls?.ExpiresInMoreThan, look.Now) is { } tooShort)
                {
                    return Finding.Down($"TLS with {settings.Target}: {tooShort}");
                }

                return settings.Banner is { } banner ? await ListenAsync(spoken, banner, look, deadline).ConfigureAwait(false) : Finding.Up(_accepted);
            }
        }
    }

    protected override string Late(Look look) => look.Connect is null || settings.Banner is null
        ? base.Late(look)
        : $"accepted by {settings.Target}, but nothing expected came {ProbeFailures.Within(Definition.Timeout)}";

    protected override Finding Failed(Exception exception, Look look) => ProbeFailures.Describe(exception, settings.Host, settings.Port);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _identity?.Dispose();
        }
    }

    private async Task<Finding> ListenAsync(Stream stream, TcpBanner banner, Look look, CancellationToken deadline)
    {
        var began = look.Elapsed;
        if (banner.Send is { } words)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(words), deadline).ConfigureAwait(false);
        }

        var heard = new byte[banner.WithinBytes];
        var (length, attempts) = (0, new BannerAttempts());
        while (true)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(heard.AsMemory(length), deadline).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (attempts.HasMissed(length) && IsExpected(banner, Text()))
            {
                return Finding.Up(_accepted);
            }

            look.FirstByte ??= look.Elapsed - began;
            length += read;
            var isAll = read == 0 || length == heard.Length;
            var isNew = attempts.Take(length, isAll);
            if (isNew && IsExpected(banner, Text()))
            {
                look.Note(Story.Heard, length);
                return Finding.Up(_accepted);
            }

            if (isAll || (isNew && CanNoLongerBegin(banner, Text())))
            {
                look.Note(read == 0 ? Story.HeardTheEnd : Story.Heard, length);
                return Finding.Down($"accepted by {settings.Target}, but the banner is not as expected: {(length == 0 ? "nothing came" : look.Excerpt(Text()))}");
            }
        }

        string Text() => Encoding.UTF8.GetString(heard, 0, length);
    }

    private static bool IsExpected(TcpBanner banner, string text)
    {
        try
        {
            return (banner.StartsWith is null || text.StartsWith(banner.StartsWith, StringComparison.Ordinal)) && (banner.Matches is null || banner.Matches.IsMatch(text));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>A wrong beginning does not become right by waiting.</summary>
    private static bool CanNoLongerBegin(TcpBanner banner, string text) =>
        banner.StartsWith is { } start && !start.StartsWith(text[..Math.Min(text.Length, start.Length)], StringComparison.Ordinal);
}
