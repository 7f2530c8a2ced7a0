namespace DrOrchestrator.Calendars;

/// <summary>When a time of the calendar is still this time.</summary>
public static class FireTiming
{
    /// <summary>
    /// 60 s: so long after its time an entry may still act; later it was missed. A collection of garbage, a commit that waits for a standby or a step of NTP cost seconds and
    /// are no reason to miss a drill; whoever read "22:00" and sees nothing at 22:01 may rely on nothing beginning by itself any more.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);
}
