// A map without tiles from strangers: the town's boundary is drawn from its own server.
// Never required: every page that has one says the same in words.
import * as L from 'leaflet';

const pin = (state) => L.divIcon({ className: `pin pin-${state}`, iconSize: [18, 18], iconAnchor: [9, 20] });
const round = (number) => number.toFixed(6);

// The map's style comes after the page's: nobody waits for it to read, and its place is kept free meanwhile.
const styled = Promise.all([...document.querySelectorAll('link[data-map-style]')].map(async (link) => {
  if (!link.sheet) await new Promise((resolve) => link.addEventListener('load', resolve, { once: true }));
  link.media = 'all';
}));

async function draw(box) {
  await styled;
  const outline = await (await fetch(box.dataset.boundary)).json();
  box.hidden = false;
  const { tiles, tilesCredit } = document.documentElement.dataset;
  const map = L.map(box, { zoomSnap: tiles ? 1 : 0.25, attributionControl: false, scrollWheelZoom: false });
  if (tiles) {
    L.tileLayer(tiles, { minZoom: 9, maxZoom: 19 }).addTo(map);
    if (tilesCredit) L.control.attribution({ prefix: false }).addAttribution(tilesCredit.replace(/[<>&]/g, '')).addTo(map);
  }
  box.setAttribute('role', 'application');
  box.setAttribute('aria-label', box.dataset.label);
  let bounds = L.latLngBounds([[45.6, 9.2], [46.2, 9.6]]);
  if (outline.geometry) {
    const shape = L.geoJSON(outline, { style: { color: '#17324d', weight: 2, fillColor: '#fff', fillOpacity: tiles ? 0 : 0.9 } }).addTo(map);
    bounds = shape.getBounds();
  }
  map.fitBounds(bounds, { padding: [12, 12] });
  if (box.dataset.points) await drawPoints(map, box);
  if (box.dataset.point) {
    const [latitude, longitude] = box.dataset.point.split(',').map(Number);
    L.marker([latitude, longitude], { icon: pin('in_charge'), keyboard: false, alt: box.dataset.label }).addTo(map);
  }
  if (box.dataset.under) {
    const under = L.geoJSON(JSON.parse(box.dataset.under), { interactive: false, style: { color: '#17324d', weight: 1, dashArray: '4', fillOpacity: 0.1 } }).addTo(map);
    map.fitBounds(under.getBounds(), { padding: [24, 24], maxZoom: 16 });
  }
  if (box.dataset.area) {
    const area = L.geoJSON(JSON.parse(box.dataset.area), { style: { color: '#b3002d', weight: 3, fillOpacity: 0.25 } }).addTo(map);
    map.fitBounds(area.getBounds(), { padding: [24, 24], maxZoom: 16 });
  }
  if (box.dataset.draw) letDraw(map, box);
  if (box.dataset.pick) letPick(map, box, bounds);
}

async function drawPoints(map, box) {
  const reports = await (await fetch(box.dataset.points)).json();
  L.geoJSON(reports, {
    pointToLayer: ({ properties }, place) => {
      const name = `${properties.category}, ${properties.label}`;
      const marker = L.marker(place, { icon: pin(properties.state), title: name, alt: name });
      return marker.on('click', () => { location.href = box.dataset.detail.replace('CODE', properties.code); });
    },
  }).addTo(map);
}

// Arrows move the map and + and - change its size; Enter means the middle, which is marked while the map has the focus.
function byKeyboard(box, choose) {
  box.classList.add('has-middle');
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target !== box) return;
    event.preventDefault();
    choose();
  });
}

// An area by its corners, one tap each. What is kept is the ring as [[longitude, latitude], ...].
function letDraw(map, box) {
  const kept = document.getElementById(box.dataset.draw);
  const tools = document.querySelector('[data-map-only]');
  const status = document.querySelector('[data-map-status]');
  const place = document.querySelector('input[name=place][value=polygon]');
  const shape = L.polygon([], { color: '#b3002d', weight: 3 }).addTo(map);
  const corners = L.layerGroup().addTo(map);
  let ring = kept.value ? JSON.parse(kept.value).slice(0, -1) : [];
  const show = () => {
    shape.setLatLngs(ring.map(([x, y]) => [y, x]));
    corners.clearLayers();
    for (const [x, y] of ring) L.circleMarker([y, x], { radius: 6, color: '#17324d', fillOpacity: 1 }).addTo(corners);
    kept.value = ring.length > 2 ? JSON.stringify([...ring, ring[0]]) : '';
  };
  const add = ({ lat, lng }) => {
    ring.push([Number(round(lng)), Number(round(lat))]);
    if (place) place.checked = true;
    status.textContent = status.dataset.textSet;
    show();
  };
  map.on('click', ({ latlng }) => add(latlng));
  byKeyboard(box, () => add(map.getCenter()));
  tools.hidden = false;
  tools.querySelector('[data-clear]').addEventListener('click', () => { ring = []; show(); });
  show();
}

function letPick(map, box, bounds) {
  const [latitude, longitude] = box.dataset.pick.split(' ').map((id) => document.getElementById(id));
  const tools = document.querySelector('[data-map-only]');
  const status = document.querySelector('[data-map-status]');
  const say = (words) => { if (status) status.textContent = status.dataset[words]; };
  let marker = null;
  const put = (place) => {
    latitude.value = round(place.lat);
    longitude.value = round(place.lng);
    if (marker) marker.setLatLng(place);
    else {
      marker = L.marker(place, { icon: pin('in_charge'), draggable: true, autoPan: true, title: box.dataset.pinLabel }).addTo(map);
      marker.on('dragend', () => put(marker.getLatLng()));
    }
    for (const field of [latitude, longitude]) field.dispatchEvent(new Event('change', { bubbles: true }));
    say('textSet');
  };
  if (latitude.value && longitude.value) put(L.latLng(Number(latitude.value), Number(longitude.value)));
  map.on('click', (event) => put(event.latlng));
  byKeyboard(box, () => put(map.getCenter()));
  if (!tools) return;
  tools.hidden = false;
  tools.querySelector('[data-locate]').addEventListener('click', () => {
    say('textWait');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const place = L.latLng(coords.latitude, coords.longitude);
        if (!bounds.pad(0.1).contains(place)) { say('textOutside'); return; }
        put(place);
      },
      () => say('textDenied'),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
}

document.querySelectorAll('[data-map]').forEach((box) => {
  draw(box).catch((error) => { box.remove(); console.warn('No map:', error.message); });
});
