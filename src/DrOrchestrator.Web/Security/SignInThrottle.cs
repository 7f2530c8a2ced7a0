using System.Net;

namespace DrOrchestrator.Web.Security;

/// <summary>
/// Counts failed sign-ins per remote address in fixed windows. A right token passes all the same: tokens are 256 random bits, so the limit protects logs and time,
/// and a broken script on the same machine must not lock the operator out at 3 a.m.
/// </summary>
internal sealed class SignInThrottle(TimeProvider time)
{
    public const int Limit = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int MostAddresses = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (long Since, int Count)> _failures = [];

    /// <summary>Notes one failure.</summary>
    public SignInFailure Note(IPAddress address)
    {
        lock (_gate)
        {
            ForgetOldWindows();
            var now = time.GetTimestamp();
            var entry = _failures.TryGetValue(address, out var known) && time.GetElapsedTime(known.Since, now) < Window ? known : (Since: now, Count: 0);
            entry.Count++;
            _failures[address] = entry;
            return new(entry.Count, Window - time.GetElapsedTime(entry.Since, now));
        }
    }

    private void ForgetOldWindows()
    {
        if (_failures.Count < MostAddresses)
        {
            return;
        }

        foreach (var (address, entry) in _failures.Where(entry => time.GetElapsedTime(entry.Value.Since) >= Window || _failures.Count >= MostAddresses).ToList())
        {
            _failures.Remove(address);
        }
    }
}

/// <summary>How often an address has failed in its window, and how long the window still lasts.</summary>
internal readonly record struct SignInFailure(int Count, TimeSpan Left)
{
    public bool IsThrottled => Count > SignInThrottle.Limit;

    public bool IsFirstThrottled => Count == SignInThrottle.Limit + 1;
}
