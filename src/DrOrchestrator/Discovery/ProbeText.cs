using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Discovery;

/// <summary>Probes for what was found: workloads by the API server, load balancers by TCP, ingresses by HTTP. What cannot be reached from outside of its cluster is named in a comment. Pure.</summary>
internal sealed partial class ProbeText(IReadOnlyList<Site> sites)
{
    private readonly EstateNames _names = new();
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public int Count { get; private set; }

    /// <param name="place">Of the site.</param>
    /// <param name="isServing">Otherwise it stands by.</param>
    public void Add(string system, string ns, FoundObjects found, int place, bool isServing)
    {
        var (site, role) = (sites[place].Name, isServing ? "component" : "standby");
        void Probe(string name, string kind, string with)
        {
            Count++;
            Line($"  - name: {YamlText.Scalar(_names.Of($"{name}-{site}"))}");
            Line($"    system: {YamlText.Scalar(system)}");
            Line($"    site: {YamlText.Scalar(site)}");
            Line($"    role: {role}");
            Line($"    kind: {kind}");
            Line("    interval: 10s");
            Line("    timeout: 2s");
            Line($"    with: {with}");
        }

        foreach (var workload in found.Workloads.Where(one => one.Namespace == ns).OrderBy(one => one.Kind, StringComparer.Ordinal).ThenBy(one => one.Name, StringComparer.Ordinal))
        {
            if (workload.Kind == FoundWorkload.Cnpg)
            {
                Line($"  # cluster/{workload.Name} at {site}: a 'postgres' probe and 'databases:' need a user of its own; CloudNativePG's services are {workload.Name}-rw, -ro and -r in namespace {ns}.");
            }
            else if (workload.Replicas == 0)
            {
                Line($"  # {workload.Kind}/{workload.Name} at {site} has 0 replicas: there is nothing to look at until a switch starts it.");
            }
            else
            {
                Probe($"{system}-{workload.Name}{(workload.Kind == WorkloadName.StatefulSet ? "-set" : "")}", "kubernetes", $"{{ check: workload-ready, namespace: {YamlText.Scalar(ns)}, workload: {YamlText.Scalar($"{workload.Kind}/{workload.Name}")} }}");
            }
        }

        foreach (var service in found.Services.Where(one => one.Namespace == ns).OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            foreach (var (address, port) in service.Addresses.SelectMany(address => service.Ports.Select(port => (address, port))))
            {
                Probe(string.Create(CultureInfo.InvariantCulture, $"{system}-{service.Name}-{port}"), "tcp", string.Create(CultureInfo.InvariantCulture, $"{{ host: {YamlText.Scalar(address)}, port: {port} }} # Service {service.Name}"));
            }

            if (service.Addresses.Count == 0)
            {
                Line($"  # Service {service.Name} at {site} ({service.Type}{(service.Ports.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $", TCP {string.Join(", ", service.Ports)}") : "")}) tells no address outside of the cluster.");
            }
        }

        foreach (var ingress in found.Ingresses.Where(one => one.Namespace == ns).OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            foreach (var (host, path, tls) in ingress.Urls.Where(url => HostName().IsMatch(url.Host)))
            {
                Probe($"{system}-{ingress.Name}", "http", $"{{ url: {YamlText.Scalar($"{(tls ? "https" : "http")}://{host}{(PlainPath().IsMatch(path) ? path : "/")}")} }} # Ingress {ingress.Name}; 200 is asked for unless 'expect-status:' says otherwise");
            }

            if (!ingress.Urls.Any(url => HostName().IsMatch(url.Host)))
            {
                Line($"  # Ingress {ingress.Name} at {site} names no host that could be looked at.");
            }
        }
    }

    private void Line(string line) => _text.Append(YamlText.OneLine(line)).Append('\n');

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\z")]
    private static partial Regex HostName();

    [GeneratedRegex(@"^/[A-Za-z0-9._~/-]*\z")]
    private static partial Regex PlainPath();
}
