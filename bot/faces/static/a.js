/* Everything here only improves a page that works without it. Written for old phones: no build, no modules. */
(function () {
  'use strict';
  var body = document.body, root = document.documentElement, left = false;

  function each(list, act) { Array.prototype.forEach.call(list, act); }
  function make(name, words, kind) {
    var one = document.createElement(name);
    if (words) { one.textContent = words; }
    if (kind) { one.className = kind; }
    return one;
  }

  /* Leaving: go first, tell the server after. */
  function leave(event) {
    if (event) { event.preventDefault(); }
    if (left) { return; }
    left = true;
    root.className += ' gone';
    silence();
    window.location.replace(body.getAttribute('data-away'));
    if (navigator.sendBeacon) { navigator.sendBeacon('/out'); }
  }
  var way = document.getElementById('leave');
  if (way && body.getAttribute('data-away')) { way.addEventListener('click', leave); }

  /* Shift three times. Not Escape: that key stops a page from loading. */
  var presses = 0, fade = null, count = document.getElementById('count');
  function forgetPresses() { presses = 0; if (count) { count.textContent = ''; } }
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Shift') { forgetPresses(); return; }
    if (event.repeat) { return; }
    presses += 1;
    clearTimeout(fade);
    if (presses >= 3) { leave(); return; }
    if (count) { count.textContent = body.getAttribute('data-count').replace('{left}', String(3 - presses)); }
    fade = setTimeout(forgetPresses, 4000);
  });

  /* Nothing readable stays in the browser's memory of pages. */
  window.addEventListener('pagehide', function () { silence(); root.className += ' gone'; });
  window.addEventListener('pageshow', function (event) {
    if (event.persisted) { window.location.replace(window.location.pathname); }
  });

  /* A phone left on a table covers itself. */
  var idle = parseInt(body.getAttribute('data-idle') || '0', 10), seen = Date.now(), covered = false;
  function cover() {
    if (covered || left) { return; }
    covered = true;
    silence();
    var sheet = make('div', '', 'cover'), on = make('a', body.getAttribute('data-uncover'), 'uncover');
    on.href = '/';
    sheet.appendChild(make('p', body.getAttribute('data-covered')));
    sheet.appendChild(on);
    while (body.firstChild) { body.removeChild(body.firstChild); }
    body.appendChild(sheet);
    on.focus();
  }
  if (idle > 0) {
    each(['keydown', 'touchstart', 'mousedown', 'scroll'], function (kind) {
      window.addEventListener(kind, function () { seen = Date.now(); }, true);
    });
    setInterval(function () { if (Date.now() - seen >= idle * 1000) { cover(); } }, 1000);
    /* Put away, it covers itself sooner: whoever opens it next may be somebody else. */
    var away = 0;
    document.addEventListener('visibilitychange', function () {
      if (document.hidden) { away = Date.now(); setTimeout(put_away, 30000); return; }
      put_away();
      away = 0;
      if (Date.now() - seen >= idle * 1000) { cover(); }
    });
    function put_away() { if (away && Date.now() - away >= 29500) { cover(); } }
  }

  /* Reading aloud, only with a voice that the phone has itself: words do not leave it. */
  var voice = null, box = document.querySelector('.aloud'), speech = window.speechSynthesis;
  var players = document.querySelectorAll('audio'), whole = document.querySelector('.whole');
  function silence() {
    if (window.speechSynthesis) { window.speechSynthesis.cancel(); }
    each(document.querySelectorAll('audio'), function (one) { one.pause(); });
  }
  function findVoice() {
    if (!box || !speech || whole) { return; }
    var wanted = box.getAttribute('data-lang').split('-')[0].toLowerCase();
    each(speech.getVoices(), function (one) {
      if (!voice && one.localService && one.lang.toLowerCase().split(/[-_]/)[0] === wanted) { voice = one; }
    });
    /* What can be heard here and now needs nobody to ring. */
    if (voice) { box.hidden = false; each(document.querySelectorAll('.ring'), function (one) { one.hidden = true; }); }
  }

  /* What somebody has read aloud: one at a time, one after another, and beside a button a small button of its own. */
  each(players, function (player, place) {
    var next = players[place + 1], press;
    player.addEventListener('play', function () {
      each(players, function (other) { if (other !== player) { other.pause(); } });
    });
    player.addEventListener('ended', function () {
      if (next && next.parentNode === player.parentNode) { next.currentTime = 0; next.play(); }
    });
    if (player.parentNode.className !== 'hear' || player.previousElementSibling) { return; }
    press = make('button', '', 'play');
    press.type = 'button';
    press.setAttribute('aria-label', player.getAttribute('aria-label'));
    press.appendChild(box.querySelector('svg').cloneNode(true));
    press.addEventListener('click', function () {
      if (player.paused) { player.currentTime = 0; player.play(); } else { player.pause(); }
    });
    player.parentNode.className = 'hear small';
    player.parentNode.appendChild(press);
  });
  if (box && speech) {
    var press = box.querySelector('button'), words = press.querySelector('span'), told = box.querySelector('p'), state = 'start';
    var show = function (next) {
      state = next;
      words.textContent = box.getAttribute('data-' + next);
      told.textContent = next === 'now' ? box.getAttribute('data-room') : '';
    };
    press.addEventListener('click', function () {
      if (state === 'start') { show('now'); return; }
      if (state === 'stop') { silence(); show('start'); return; }
      var parts = [], waiting;
      each(document.querySelectorAll(
        '.note span, h1, .say h2, .say p, .ask > label, .ask > .label, .rows span, .replies span'
      ), function (one) { parts.push(one.textContent); });
      waiting = parts.length;
      show('stop');
      parts.forEach(function (part) {
        var said = new SpeechSynthesisUtterance(part);
        said.voice = voice; said.lang = voice.lang; said.rate = 0.9;
        said.onend = said.onerror = function () { waiting -= 1; if (!waiting) { show('start'); } };
        speech.speak(said);
      });
    });
    findVoice();
    if (speech.addEventListener) { speech.addEventListener('voiceschanged', findVoice); }
  }

  /* The picture PIN: six rows become one pad. The rows stay in the form and carry the answer. */
  var pictures = document.querySelector('.pictures');
  if (pictures) {
    var rows = pictures.querySelectorAll('fieldset'), chosen = 0;
    var dots = make('div', '', 'dots'), heard = make('p', '', 'hint'), pad = make('div', '', 'pad');
    var tell = function () {
      each(dots.children, function (dot, place) { dot.className = place < chosen ? 'full' : ''; });
      heard.textContent = pictures.getAttribute('data-chosen').replace('{chosen}', String(chosen));
    };
    var again = make('button', pictures.getAttribute('data-again'), 'again');
    heard.setAttribute('role', 'status');
    dots.setAttribute('aria-hidden', 'true');
    again.type = 'button';
    again.addEventListener('click', function () {
      each(pictures.querySelectorAll('input'), function (one) { one.checked = false; });
      chosen = 0;
      tell();
    });
    each(rows, function (row) { row.hidden = true; dots.appendChild(make('i')); });
    each(rows[0].querySelectorAll('.cell'), function (cell, place) {
      var key = make('button');
      key.type = 'button';
      key.setAttribute('aria-label', cell.querySelector('input').getAttribute('aria-label'));
      key.appendChild(cell.querySelector('svg').cloneNode(true));
      key.addEventListener('click', function () {
        if (chosen >= rows.length) { return; }
        rows[chosen].querySelectorAll('input')[place].checked = true;
        chosen += 1;
        tell();
      });
      pad.appendChild(key);
    });
    pictures.insertBefore(dots, rows[0]);
    pictures.insertBefore(heard, rows[0]);
    pictures.insertBefore(pad, rows[0]);
    pictures.appendChild(again);
    tell();
  }
}());
