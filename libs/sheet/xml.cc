#include "libs/sheet/xml.h"

#include <new>
#include <string>
#include <utility>

namespace fangpin::sheet {
namespace {

constexpr int kMaxDepth = 64;
// Text comes in parts, so only a single tag makes the parser hold back this much.
constexpr size_t kMaxTagBytes = 1 << 20;

std::string_view LocalName(std::string_view name) {
  const size_t colon = name.rfind(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

absl::Status NotWellFormed() { return absl::DataLossError("not well-formed"); }

}  // namespace

std::string_view Attributes::Get(std::string_view name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    if (LocalName(pair[0]) == name) return pair[1];
  }
  return {};
}

XmlParser::XmlParser(XmlHandler& handler) : handler_(handler), parser_(XML_ParserCreate(nullptr)) {
  if (parser_ == nullptr) throw std::bad_alloc();
  XML_SetUserData(parser_.get(), this);
  XML_SetElementHandler(parser_.get(), &OnStart, &OnEnd);
  XML_SetCharacterDataHandler(parser_.get(), &OnText);
  XML_SetStartDoctypeDeclHandler(parser_.get(), &OnDocumentType);
}

absl::Status XmlParser::Feed(std::string_view piece) { return Parse(piece, false); }

absl::Status XmlParser::Finish() { return Parse({}, true); }

absl::Status XmlParser::Parse(std::string_view piece, bool last) {
  const auto result = XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), last);
  if (!status_.ok()) return status_;
  if (result != XML_STATUS_OK) return NotWellFormed();
  fed_ += piece.size();
  const XML_Index parsed = XML_GetCurrentByteIndex(parser_.get());
  if (!last && parsed >= 0 && fed_ - static_cast<size_t>(parsed) > kMaxTagBytes + piece.size()) {
    return NotWellFormed();
  }
  return absl::OkStatus();
}

void XmlParser::Note(absl::Status status) {
  if (status.ok() || !status_.ok()) return;
  status_ = std::move(status);
  XML_StopParser(parser_.get(), XML_FALSE);
}

void XmlParser::OnStart(void* self, const char* name, const char** attributes) {
  auto& parser = *static_cast<XmlParser*>(self);
  if (!parser.status_.ok()) return;
  if (++parser.depth_ > kMaxDepth) return parser.Note(NotWellFormed());
  parser.Note(parser.handler_.Start(LocalName(name), Attributes(attributes)));
}

void XmlParser::OnEnd(void* self, const char* name) {
  auto& parser = *static_cast<XmlParser*>(self);
  if (!parser.status_.ok()) return;
  --parser.depth_;
  parser.Note(parser.handler_.End(LocalName(name)));
}

void XmlParser::OnText(void* self, const char* text, int size) {
  auto& parser = *static_cast<XmlParser*>(self);
  if (parser.status_.ok()) parser.Note(parser.handler_.Text({text, static_cast<size_t>(size)}));
}

void XmlParser::OnDocumentType(void* self, const char*, const char*, const char*, int) {
  static_cast<XmlParser*>(self)->Note(NotWellFormed());
}

}  // namespace fangpin::sheet
