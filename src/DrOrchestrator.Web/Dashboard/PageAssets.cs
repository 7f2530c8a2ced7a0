namespace DrOrchestrator.Web.Dashboard;

/// <summary>The one style sheet and the one script; both sent inline, so that a page is one request and needs nothing from elsewhere.</summary>
internal static class PageAssets
{
    public const string Style =
        """
        :root{--ink:#1c2430;--soft:#5b6675;--line:#dde2e8;--paper:#fff;--ground:#f5f7f9;--accent:#1f5f8b;--good:#1d7a4a;--warn:#9a6700;--bad:#b42318;--none:#6b7280}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;font-variant-numeric:tabular-nums}
        a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
        header{display:flex;flex-wrap:wrap;align-items:center;gap:8px 18px;padding:10px 24px;background:var(--paper);border-bottom:1px solid var(--line)}
        header form{display:flex;align-items:center;gap:8px;margin:0}
        .brand{font-weight:650;color:var(--ink)}.estate,.who{color:var(--soft)}.space{flex:1}nav{display:flex;gap:16px}
        .quiet{color:var(--soft);background:none;border:0;padding:0;font:inherit;cursor:pointer}.quiet:hover{color:var(--ink)}
        main{max-width:1180px;margin:0 auto;padding:18px 24px 8px}
        footer{max-width:1180px;margin:0 auto;padding:0 24px 24px;color:var(--soft);font-size:12px}
        h1{font-size:20px;font-weight:650;margin:6px 0 14px}h2{font-size:15px;font-weight:650;margin:0 0 8px}h3{font-size:13px;font-weight:600;color:var(--soft);margin:14px 0 4px}
        .banner{margin:0;padding:8px 24px;font-weight:550}main .banner{border-radius:6px;padding:8px 14px;margin-bottom:12px;font-weight:400}
        .banner.lab{background:#fff4d6;color:#6b4a00;border-bottom:1px solid #ecd9a0}
        .banner.bad{background:#fdecea;color:#7a1710;border:1px solid #f3c4bf}.banner.warn{background:#fff8e6;color:#6b4a00;border:1px solid #ecd9a0}
        .card{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:14px 18px;margin-bottom:14px;overflow-x:auto}
        .head{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 14px;margin-bottom:10px}.head h2{margin:0;font-size:16px}.soft{color:var(--soft)}.small{font-size:12px}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:12px 20px;margin:0}
        .facts div{min-width:0}.facts dt{color:var(--soft);font-size:12px}.facts dd{margin:0;overflow-wrap:anywhere}.figure{font-size:17px;font-weight:600}
        table{border-collapse:collapse;width:100%}th{font-weight:550;color:var(--soft);font-size:12px;text-align:left}th{min-width:3em}
        th,td{padding:5px 12px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}td{overflow-wrap:anywhere}tr:last-child td{border-bottom:0}
        td.n,th.n{text-align:right;padding-right:22px}td.n{white-space:nowrap}td.bar{width:42%;padding-right:0}.nowrap{white-space:nowrap}
        .tag{display:inline-block;padding:0 8px;border-radius:9px;font-size:12px;line-height:19px;border:1px solid currentColor;white-space:nowrap}
        .good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.none{color:var(--none)}
        .banner.warn .tag,.banner.bad .tag{color:inherit}
        svg{display:block;width:100%;overflow:visible}.f-good{fill:#4c9f70}.f-warn{fill:#d9a33a}.f-bad{fill:#cf5548}.f-none{fill:#b6bdc7}.f-rest{fill:#e8ecf0}.f-run{fill:#5b93bd}
        .f-0{fill:#1f5f8b}.f-1{fill:#4d8bb5}.f-2{fill:#7fb0cf}.f-3{fill:#b3d0e2}.f-4{fill:#8a7fb8}.f-5{fill:#b0a7d3}.f-6{fill:#5aa08f}.f-7{fill:#8cc3b5}.f-8{fill:#c9b26b}
        .swatch{display:inline-block;width:10px;height:10px;margin-right:6px;vertical-align:baseline}.ponr{color:var(--bad);font-weight:600}
        .signin{max-width:420px;margin:8vh auto}.signin input{width:100%;font:inherit;padding:7px 9px;border:1px solid #b9c1cb;border-radius:6px;margin:4px 0 12px}
        .signin button{font:inherit;font-weight:600;color:#fff;background:var(--accent);border:0;border-radius:6px;padding:7px 18px;cursor:pointer}
        .waits{border-top:1px solid var(--line);padding:8px 0}.waits p{margin:0 0 4px}.waits:last-child{padding-bottom:0}.waits .question{max-width:72ch}
        .answer{margin-top:8px}.answer label{display:block;color:var(--soft);font-size:12px}.answer textarea{display:block;width:100%;max-width:520px;font:inherit;padding:5px 8px;border:1px solid #b9c1cb;border-radius:6px;margin:2px 0 6px;resize:vertical}
        .answer input[type=file]{display:block;font:inherit;margin:2px 0 6px}.answer button{font:inherit;font-weight:600;border-radius:6px;padding:5px 16px;cursor:pointer;margin-right:8px}.answer .yes{color:#fff;background:var(--accent);border:1px solid var(--accent)}.answer .no{color:var(--bad);background:none;border:1px solid var(--bad)}
        code{font-size:12.5px}
        @media (max-width:760px){header,.banner{padding-left:16px;padding-right:16px}main{padding:14px 12px 8px}.card{padding:12px 14px}table:has(thead){min-width:720px}td{overflow-wrap:break-word}}
        @media print{body{background:#fff;font-size:11px}header nav,header form,header .quiet,.answer{display:none}.card{break-inside:avoid;border-color:#bbb}main,footer{max-width:none;padding:8px 0}}
        """;

    /// <summary>Fetches the page again when something happened and swaps its main part; the server renders, the script only asks.</summary>
    public const string Script =
        """
        (() => {
          const events = document.currentScript.dataset.events;
          let busy = false, again = false;
          const inUse = field => field === document.activeElement || field.value !== field.defaultValue;
          const writing = () => [...document.querySelectorAll('#main textarea')].some(inUse);
          const refresh = async () => {
            if (writing()) return;
            if (busy) { again = true; return; }
            busy = true;
            try {
              const answer = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'error' });
              if (answer.ok && !writing()) {
                const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
                document.getElementById('main').replaceWith(page.getElementById('main'));
              }
            } catch { }
            busy = false;
            if (again) { again = false; setTimeout(refresh, 200); }
          };
          if (!events) { setInterval(refresh, 2000); return; }
          const source = new EventSource(events);
          let due = 0;
          source.onmessage = message => {
            clearTimeout(due);
            due = setTimeout(refresh, 150);
            if (JSON.parse(message.data).kind === 'closed') source.close();
          };
          const tick = setInterval(() => { if (source.readyState === EventSource.CLOSED && !writing()) clearInterval(tick); refresh(); }, 2000);
        })();
        """;
}
