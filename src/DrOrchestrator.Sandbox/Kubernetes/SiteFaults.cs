using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Kubernetes;

/// <summary>
/// What is broken at a site on purpose. Settable while it runs; a value is on disk before its setter returns, so that a fault outlives a
/// restart of the site.
/// </summary>
public sealed class SiteFaults
{
    private readonly string _file;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, bool> _values = [];

    internal SiteFaults(string file)
    {
        _file = file;
        if (!File.Exists(file))
        {
            return;
        }

        foreach (var (name, value) in JsonNode.Parse(File.ReadAllText(file))!.AsObject())
        {
            _values[name] = value!.GetValue<bool>();
        }
    }

    /// <summary>Raised, outside the lock, after a value changed.</summary>
    internal event Action? Changed;

    /// <summary>Every container process of pods labelled app=ledger-store, app=ledger-db or app=ledger-api dies now and at every start.</summary>
    public bool KillLedger
    {
        get => Get("killLedger");
        set => Set("killLedger", value);
    }

    /// <summary>Pods labelled app=ledger-store or app=ledger-db do not end on SIGTERM: at start they get DRO_IGNORE_SIGTERM=1, running ones are not sent it.</summary>
    public bool IgnoreSigterm
    {
        get => Get("ignoreSigterm");
        set => Set("ignoreSigterm", value);
    }

    /// <summary>The kubelet is cut off from the API: no heartbeats, no status, sees no deletes and no new pods. Processes go on.</summary>
    public bool NodeNotReady
    {
        get => Get("nodeNotReady");
        set => Set("nodeNotReady", value);
    }

    /// <summary>The site's Services pass nothing on and break nothing: connections stay, and nobody hears of anybody.</summary>
    public bool Cut
    {
        get => Get("cut");
        set => Set("cut", value);
    }

    private bool Get(string name)
    {
        lock (_gate)
        {
            return _values.GetValueOrDefault(name);
        }
    }

    private void Set(string name, bool value)
    {
        lock (_gate)
        {
            if (_values.GetValueOrDefault(name) == value)
            {
                return;
            }

            var next = new Dictionary<string, bool>(_values) { [name] = value };
            DurableFile.Replace(_file, JsonSerializer.SerializeToUtf8Bytes(next));
            _values[name] = value;
        }

        Changed?.Invoke();
    }
}
