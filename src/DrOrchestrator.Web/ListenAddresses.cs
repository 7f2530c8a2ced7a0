namespace DrOrchestrator.Web;

/// <summary>What <c>--urls</c> may say, and what it means when listening fails.</summary>
internal static class ListenAddresses
{
    public static void Check(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.TrimEntries))
        {
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.Length == "http://".Length)
            {
                throw new ServeException(
                    ServeFailure.Usage,
                    $"--urls: found '{url}'; allowed: http://HOST:PORT, several separated by semicolons, such as {ServeOptions.LoopbackUrl}. For HTTPS put a reverse proxy in front.");
            }
        }
    }

    /// <summary>Runs the start; an address that cannot be had becomes a failure that says so.</summary>
    public static async Task ExplainAsync(Func<Task> start, string urls)
    {
        try
        {
            await start();
        }
        catch (Exception failure) when (failure is IOException or FormatException or System.Net.Sockets.SocketException)
        {
            throw new ServeException(ServeFailure.Usage, $"Cannot listen on {urls}: {failure.Message} Name another address with --urls.", failure);
        }
    }
}
