namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>A look at an object, and a try on exactly what was seen of it. Controllers write its status meanwhile: then it is looked at again, a bounded number of times.</summary>
internal static class SettledLook
{
    /// <summary>At an object that others change all the time.</summary>
    private const int Most = 10;

    /// <param name="look">Null where the object was changed between look and try; told whether it is the last look, which has to end one way or the other.</param>
    public static async Task<T> TakeAsync<T>(Func<bool, Task<T?>> look, TimeProvider time, CancellationToken cancellationToken)
        where T : struct
    {
        for (var looks = 1; ; looks++)
        {
            if (await look(looks == Most).ConfigureAwait(false) is { } settled)
            {
                return settled;
            }

            await Task.Delay(SiteCalls.PollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
