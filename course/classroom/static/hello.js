// The join code comes behind the # of the QR code's address, which browsers keep to themselves.
const code = location.hash.slice(1);
const words = document.querySelector("#words");
if (/^[a-z]{2,12}-[a-z]{2,12}-[0-9]{4}$/.test(code)) {
  words.textContent = `from course import join; join("${code}@${words.dataset.address}")`;
}
